package io.evenkeel.testkit.chaos.verdict;

import static io.evenkeel.testkit.chaos.verdict.ValidEvidence.DIMENSION;
import static io.evenkeel.testkit.chaos.verdict.ValidEvidence.ROUNDS;
import static io.evenkeel.testkit.chaos.verdict.ValidEvidence.SETTINGS;
import static io.evenkeel.testkit.chaos.verdict.ValidEvidence.figures;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.tools.RoundFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests that the checker finds each single error in otherwise valid evidence. */
class CheckerTest {

    private final ValidEvidence evidence = new ValidEvidence();

    @Test
    void findsNothingInAValidRun() {
        Checker.Verdict verdict = evidence.judge(evidence.receipts);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict).isEqualTo(new Checker.Verdict(15, 0, 0, true, List.of()));
    }

    @Test
    void knowsTheBoundedSumOfARobustRun() {
        ChaosSettings robust = new ChaosSettings(
                Preset.EF21_SGDM_NORM, null, new NormClipping(1), 0, 3, 3, ROUNDS, DIMENSION, 3, 0, 0, false);
        evidence.train(robust);

        assertThat(evidence.judge(robust, evidence.receipts, evidence.states))
                .isEqualTo(new Checker.Verdict(15, 0, 0, true, List.of()));
        assertThat(evidence.judge(SETTINGS, evidence.receipts, evidence.states).violations())
                .as("the bound changes the sum")
                .anySatisfy(text -> assertThat(text).startsWith("wrong sum: "));
    }

    @Test
    void acceptsARepeatedReceipt() {
        List<Accepted> log = List.copyOf(evidence.receipts);
        evidence.receipts.add(evidence.receipts.get(3));

        assertThat(evidence.judge(log).violations()).isEmpty();
    }

    @Test
    void detectsALostMessage() {
        List<Accepted> log = new ArrayList<>(evidence.receipts);
        log.remove(7);

        Checker.Verdict verdict = evidence.judge(log);
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.violations())
                .singleElement()
                .asString()
                .startsWith("lost: message 3")
                .contains("client b");
    }

    @Test
    void detectsADuplicatedMessage() {
        List<Accepted> log = new ArrayList<>(evidence.receipts);
        log.add(evidence.receipts.get(7));

        Checker.Verdict verdict = evidence.judge(log);
        assertThat(verdict.duplicated()).isEqualTo(1);
        assertThat(verdict.violations()).singleElement().asString().startsWith("duplicated: message 3");
    }

    @Test
    void detectsAMessageInAnotherRoundThanItsReceipt() {
        List<Accepted> log = new ArrayList<>(evidence.receipts);
        Accepted message = log.get(7);
        log.set(7, new Accepted(message.client(), message.round(), 3, message.sequence(), message.digest()));

        assertThat(evidence.judge(log).violations())
                .anySatisfy(text -> assertThat(text).startsWith("moved: message 3"));
    }

    @Test
    void detectsAMessageWithoutAReceipt() {
        List<Accepted> log = new ArrayList<>(evidence.receipts);
        log.add(new Accepted("a", 4, 4, 6, 12345));

        assertThat(evidence.judge(log).violations()).singleElement().asString().startsWith("unknown: ");
    }

    @Test
    void detectsContradictingReceipts() {
        List<Accepted> log = List.copyOf(evidence.receipts);
        Accepted first = evidence.receipts.get(0);
        evidence.receipts.add(new Accepted(first.client(), first.round(), 1, first.sequence(), first.digest()));

        assertThat(evidence.judge(log).violations()).isNotEmpty();
    }

    @Test
    void detectsAGapInAChain() {
        evidence.receipts.remove(7);

        assertThat(evidence.judge(List.copyOf(evidence.receipts)).violations())
                .anySatisfy(text -> assertThat(text).startsWith("broken chain: message 4"))
                .anySatisfy(text -> assertThat(text).startsWith("round 2 counted 3 messages"))
                .anySatisfy(text -> assertThat(text).startsWith("different bits: "));
    }

    @Test
    void detectsAWrongSum() {
        evidence.sum = evidence.sum.clone();
        evidence.sum[11] += 1e-3;

        Checker.Verdict verdict = evidence.judge(evidence.receipts);
        assertThat(verdict.identical()).isFalse();
        assertThat(verdict.violations())
                .anySatisfy(text -> assertThat(text).startsWith("wrong sum: "))
                .anySatisfy(text -> assertThat(text).contains("sum differs from the replay's", "coordinate 11"));
    }

    @Test
    void detectsOneDifferentBitOfTheModel() {
        evidence.x = evidence.x.clone();
        evidence.x[39] = Math.nextUp(evidence.x[39]);

        Checker.Verdict verdict = evidence.judge(evidence.receipts);
        assertThat(verdict.identical()).isFalse();
        assertThat(verdict.violations())
                .hasSize(2)
                .allSatisfy(text -> assertThat(text).contains("model differs from the", "coordinate 39"));
    }

    @Test
    void detectsOneDifferentBitOfTheModelThatDevicesHave() {
        evidence.w[17] = Math.nextUp(evidence.w[17]);

        Checker.Verdict verdict = evidence.judge(evidence.receipts);
        assertThat(verdict.identical()).isFalse();
        assertThat(verdict.violations())
                .singleElement()
                .satisfies(text -> assertThat(text).contains("devices' model differs from the", "coordinate 17"));
    }

    @Test
    void detectsADeviceAtAnotherMessageThanTheCoordinator() {
        List<Evidence.ChainState> held = new ArrayList<>(evidence.states);
        held.set(
                1, new Evidence.ChainState(ROUNDS - 1, 9, evidence.states.get(1).memory()));

        assertThat(evidence.judge(evidence.receipts, held).violations())
                .singleElement()
                .asString()
                .startsWith("device 1 is at message 4, but the coordinator has it at 5");
    }

    @Test
    void detectsOneDifferentBitOfADevicesMemory() {
        double[] memory = evidence.states.get(2).memory().clone();
        memory[5] = Math.nextUp(memory[5]);
        List<Evidence.ChainState> held = new ArrayList<>(evidence.states);
        held.set(2, new Evidence.ChainState(ROUNDS, evidence.states.get(2).head(), memory));

        assertThat(evidence.judge(evidence.receipts, held).violations())
                .containsExactly("device 2 and the coordinator do not have the same g_i");
    }

    @Test
    void detectsARoundWithAWrongNumberOfBytes() {
        RoundFigures right = evidence.rounds.get(2);
        evidence.rounds.set(2, figures(2, right.uplinkBytes() + 1));

        assertThat(evidence.judge(evidence.receipts).violations())
                .singleElement()
                .asString()
                .startsWith("round 2 counted 3 messages");
    }

    @Test
    void detectsAWrongWeight() {
        evidence.weights.put(evidence.history.periods().get(1), 2.5);

        assertThat(evidence.judge(evidence.receipts).violations())
                .containsExactly("wrong weight: device 1 has 2.0, but the coordinator has 2.5");
    }

    @Test
    void detectsAFailedAudit() {
        evidence.audit = Optional.of("S is wrong");

        assertThat(evidence.judge(evidence.receipts).violations()).containsExactly("failed audit: S is wrong");
    }

    @Test
    void detectsAMissingRound() {
        evidence.rounds.remove(4);

        assertThat(evidence.judge(evidence.receipts).violations())
                .containsExactly("4 rounds have a record, expected 5");
    }
}
