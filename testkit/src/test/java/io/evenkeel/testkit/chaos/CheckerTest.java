package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.operator.RoundFigures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the checker finds each single error in otherwise valid evidence. */
class CheckerTest {

    private static final int ROUNDS = 5;
    private static final int DIMENSION = 40;
    private static final ChaosSettings SETTINGS =
            new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 0, 3, 3, ROUNDS, DIMENSION, 3, 0, 0, false);
    private static final List<String> CLIENTS = List.of("a", "b", "c");

    private final List<Accepted> receipts = new ArrayList<>();
    private final Map<Long, byte[]> messages = new HashMap<>();
    private final List<RoundFigures> rounds = new ArrayList<>();
    private final List<ChainState> states = new ArrayList<>();
    private final History history = History.of(CLIENTS);
    private final Map<History.MembershipPeriod, Double> weights = new HashMap<>();
    private Optional<String> audit = Optional.empty();
    private double[] x = new double[0];
    private double[] w = new double[0];
    private double[] sum = new double[0];

    @BeforeEach
    void train() {
        train(SETTINGS);
    }

    /** Computes a valid run with core's classes. */
    private void train(ChaosSettings settings) {
        List.of(receipts, rounds, states).forEach(List::clear);
        Replay run = new Replay(settings, history);
        Compressor compressor = CompressorSpec.parse(SETTINGS.compressor()).bind(TensorLayout.flat(DIMENSION));
        List<ErrorFeedback> feedbacks = new ArrayList<>();
        long[] heads = new long[CLIENTS.size()];
        CLIENTS.forEach(client -> feedbacks.add(ErrorFeedback.start(FeedbackMethod.EF21_MOMENTUM, DIMENSION)));
        for (int k = 0; k < ROUNDS; k++) {
            double[] model = run.x().clone();
            long bytes = 0;
            for (int i = 0; i < CLIENTS.size(); i++) {
                Staged staged = stage(feedbacks.get(i), i, k, model, compressor);
                byte[] encoded = new Message(k + 1, heads[i], report(), staged.delta()).encode();
                heads[i] = Digest.of(encoded);
                messages.put(heads[i], encoded);
                receipts.add(new Accepted(CLIENTS.get(i), k, k, k + 1, heads[i]));
                bytes += encoded.length;
                feedbacks.get(i).commit(staged);
                run.add(history.periods().get(i), staged.delta());
            }
            rounds.add(figures(k, bytes));
            run.close();
        }
        for (int i = 0; i < CLIENTS.size(); i++) {
            states.add(
                    new ChainState(ROUNDS, heads[i], feedbacks.get(i).vectors().get(0)));
        }
        history.periods().forEach(member -> weights.put(member, ChaosSettings.weight(member.device(), 0)));
        x = run.x();
        w = run.devicesModel().clone();
        sum = run.sum();
    }

    private static Staged stage(ErrorFeedback feedback, int device, int round, double[] model, Compressor compressor) {
        double[] asSent = new double[DIMENSION];
        for (int j = 0; j < DIMENSION; j++) {
            asSent[j] = (float) model[j];
        }
        double eta = Schedule.parse(ChaosSettings.ETA).at(round, ROUNDS - 1);
        long seed = SplitMix64.derive(SplitMix64.derive(SETTINGS.seed(), device), round);
        return feedback.stage(new QuadraticObjective(device, DIMENSION).gradient(asSent, round), eta, compressor, seed);
    }

    private static Report report() {
        return new Report(1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
    }

    private Verdict judge(List<Accepted> log) {
        return judge(log, states);
    }

    private Verdict judge(List<Accepted> log, List<ChainState> held) {
        return judge(SETTINGS, log, held);
    }

    private Verdict judge(ChaosSettings settings, List<Accepted> log, List<ChainState> held) {
        return Checker.judge(
                settings,
                new Evidence(
                        history,
                        receipts,
                        messages,
                        Map.of(),
                        log,
                        rounds,
                        byMember(held),
                        byMember(states),
                        weights,
                        audit,
                        x,
                        w,
                        sum));
    }

    private Map<History.MembershipPeriod, ChainState> byMember(List<ChainState> of) {
        Map<History.MembershipPeriod, ChainState> all = new HashMap<>();
        history.periods().forEach(member -> all.put(member, of.get(member.device())));
        return all;
    }

    @Test
    void findsNothingInAValidRun() {
        Verdict verdict = judge(receipts);

        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict).isEqualTo(new Verdict(15, 0, 0, true, List.of()));
    }

    @Test
    void knowsTheBoundedSumOfARobustRun() {
        ChaosSettings robust = new ChaosSettings(
                Preset.EF21_SGDM_NORM, null, new NormClipping(1), 0, 3, 3, ROUNDS, DIMENSION, 3, 0, 0, false);
        train(robust);

        assertThat(judge(robust, receipts, states)).isEqualTo(new Verdict(15, 0, 0, true, List.of()));
        assertThat(judge(SETTINGS, receipts, states).violations())
                .as("the bound changes the sum")
                .anySatisfy(text -> assertThat(text).startsWith("wrong sum: "));
    }

    @Test
    void acceptsAReceiptGivenTwice() {
        List<Accepted> log = List.copyOf(receipts);
        receipts.add(receipts.get(3));

        assertThat(judge(log).violations()).isEmpty();
    }

    @Test
    void detectsALostMessage() {
        List<Accepted> log = new ArrayList<>(receipts);
        log.remove(7);

        Verdict verdict = judge(log);
        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.violations())
                .singleElement()
                .asString()
                .startsWith("lost: message 3")
                .contains("client b");
    }

    @Test
    void detectsADuplicatedMessage() {
        List<Accepted> log = new ArrayList<>(receipts);
        log.add(receipts.get(7));

        Verdict verdict = judge(log);
        assertThat(verdict.duplicated()).isEqualTo(1);
        assertThat(verdict.violations()).singleElement().asString().startsWith("duplicated: message 3");
    }

    @Test
    void detectsAMessageInAnotherRoundThanItsReceipt() {
        List<Accepted> log = new ArrayList<>(receipts);
        Accepted message = log.get(7);
        log.set(7, new Accepted(message.client(), message.round(), 3, message.sequence(), message.digest()));

        assertThat(judge(log).violations()).anySatisfy(text -> assertThat(text).startsWith("moved: message 3"));
    }

    @Test
    void detectsAMessageWithoutAReceipt() {
        List<Accepted> log = new ArrayList<>(receipts);
        log.add(new Accepted("a", 4, 4, 6, 12345));

        assertThat(judge(log).violations()).singleElement().asString().startsWith("unknown: ");
    }

    @Test
    void detectsContradictingReceipts() {
        List<Accepted> log = List.copyOf(receipts);
        Accepted first = receipts.get(0);
        receipts.add(new Accepted(first.client(), first.round(), 1, first.sequence(), first.digest()));

        assertThat(judge(log).violations()).isNotEmpty();
    }

    @Test
    void detectsAGapInAChain() {
        receipts.remove(7);

        assertThat(judge(List.copyOf(receipts)).violations())
                .anySatisfy(text -> assertThat(text).startsWith("broken chain: message 4"))
                .anySatisfy(text -> assertThat(text).startsWith("round 2 counted 3 messages"))
                .anySatisfy(text -> assertThat(text).startsWith("other bits: "));
    }

    @Test
    void detectsAWrongSum() {
        sum = sum.clone();
        sum[11] += 1e-3;

        Verdict verdict = judge(receipts);
        assertThat(verdict.identical()).isFalse();
        assertThat(verdict.violations())
                .anySatisfy(text -> assertThat(text).startsWith("wrong sum: "))
                .anySatisfy(text -> assertThat(text).contains("sum differs from the replay's", "coordinate 11"));
    }

    @Test
    void detectsOneDifferentBitOfTheModel() {
        x = x.clone();
        x[39] = Math.nextUp(x[39]);

        Verdict verdict = judge(receipts);
        assertThat(verdict.identical()).isFalse();
        assertThat(verdict.violations())
                .hasSize(2)
                .allSatisfy(text -> assertThat(text).contains("model differs from the", "coordinate 39"));
    }

    @Test
    void detectsOneDifferentBitOfTheModelThatDevicesHave() {
        w[17] = Math.nextUp(w[17]);

        Verdict verdict = judge(receipts);
        assertThat(verdict.identical()).isFalse();
        assertThat(verdict.violations())
                .singleElement()
                .satisfies(text -> assertThat(text).contains("devices' model differs from the", "coordinate 17"));
    }

    @Test
    void detectsADeviceAtAnotherMessageThanTheCoordinator() {
        List<ChainState> held = new ArrayList<>(states);
        held.set(1, new ChainState(ROUNDS - 1, 9, states.get(1).memory()));

        assertThat(judge(receipts, held).violations())
                .singleElement()
                .asString()
                .startsWith("device 1 is at message 4, but the coordinator has it at 5");
    }

    @Test
    void detectsOneDifferentBitOfADevicesMemory() {
        double[] memory = states.get(2).memory().clone();
        memory[5] = Math.nextUp(memory[5]);
        List<ChainState> held = new ArrayList<>(states);
        held.set(2, new ChainState(ROUNDS, states.get(2).head(), memory));

        assertThat(judge(receipts, held).violations())
                .containsExactly("device 2 and the coordinator do not have the same g_i");
    }

    private static RoundFigures figures(int round, long uplinkBytes) {
        int devices = CLIENTS.size();
        return new RoundFigures(
                round, Instant.EPOCH, Instant.EPOCH, devices, devices, 0, Map.of(), uplinkBytes, 0, 0, 1, 1);
    }

    @Test
    void detectsARoundWithAWrongNumberOfBytes() {
        RoundFigures right = rounds.get(2);
        rounds.set(2, figures(2, right.uplinkBytes() + 1));

        assertThat(judge(receipts).violations()).singleElement().asString().startsWith("round 2 counted 3 messages");
    }

    @Test
    void detectsAWrongWeight() {
        weights.put(history.periods().get(1), 2.5);

        assertThat(judge(receipts).violations())
                .containsExactly("wrong weight: device 1 has 2.0, but the coordinator has 2.5");
    }

    @Test
    void detectsAFailedAudit() {
        audit = Optional.of("S is wrong");

        assertThat(judge(receipts).violations()).containsExactly("failed audit: S is wrong");
    }

    @Test
    void detectsAMissingRound() {
        rounds.remove(4);

        assertThat(judge(receipts).violations()).containsExactly("4 rounds have a record, expected 5");
    }
}
