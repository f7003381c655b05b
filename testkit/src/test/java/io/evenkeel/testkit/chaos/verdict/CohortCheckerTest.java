package io.evenkeel.testkit.chaos.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.tools.RoundFigures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the checker finds each single error in otherwise valid evidence of a run with secure aggregation. */
class CohortCheckerTest {

    private static final int ROUNDS = 9;
    private static final int DIMENSION = 40;
    private static final ChaosSettings SETTINGS =
            new ChaosSettings(Preset.EF21_SGDM_NORM, null, null, 0, 3, 5, ROUNDS, DIMENSION, 4, 0, 0, true);
    private static final List<String> CLIENTS = List.of("a", "b", "c", "d", "e");

    private final History history = History.of(CLIENTS);
    private final List<Accepted> receipts = new ArrayList<>();
    private final Map<Long, MaskedHeader> masked = new HashMap<>();
    private final List<Evidence.AnnouncedSum> told = new ArrayList<>();
    private final List<DiskRecovery> recoveries = new ArrayList<>();
    private final List<RoundFigures> rounds = new ArrayList<>();
    private final Map<History.MembershipPeriod, Evidence.ChainState> states = new HashMap<>();
    private final Map<History.MembershipPeriod, Evidence.ChainState> held = new HashMap<>();
    private double[] x = new double[0];
    private double[] sum = new double[0];

    /** A device misses a round, another round has no sum, and the sum starts from zero in round 7. */
    @BeforeEach
    void train() {
        long[] sequences = new long[CLIENTS.size()];
        long[] heads = new long[CLIENTS.size()];
        for (int round = 0; round < ROUNDS; round++) {
            int members = 0;
            for (int i = 0; i < CLIENTS.size(); i++) {
                boolean included = round != 4 && !(round == 6 && i == 1);
                if (included) {
                    members++;
                    long digest = 1000L * (i + 1) + round;
                    masked.put(digest, new MaskedHeader(++sequences[i], heads[i], digest));
                    heads[i] = digest;
                    receipts.add(new Accepted(CLIENTS.get(i), round, round, sequences[i], digest));
                }
            }
            rounds.add(figures(round, members));
            Set<Long> digests = receipts.stream()
                    .skip(receipts.size() - members)
                    .map(Accepted::digest)
                    .collect(Collectors.toSet());
            if (members > 0) {
                // Two violations are about the sum; the other devices learned of it when they returned.
                told.add(new Evidence.AnnouncedSum(round, 0, digests));
                told.add(new Evidence.AnnouncedSum(round, 0, digests));
            }
        }
        CohortReplay replay = CohortReplay.of(
                SETTINGS, history, receipts.stream().collect(Collectors.groupingBy(Accepted::includedIn)));
        for (History.MembershipPeriod member : history.periods()) {
            int i = member.device();
            states.put(
                    member,
                    new Evidence.ChainState(
                            sequences[i], heads[i], replay.memory(member).clone()));
        }
        held.putAll(states);
        x = replay.x().clone();
        sum = replay.sum().clone();
    }

    private static RoundFigures figures(int round, int participants) {
        return new RoundFigures(
                round, Instant.EPOCH, Instant.EPOCH, participants, CLIENTS.size(), Double.NaN, Map.of(), 0, 0, 0, 1, 1);
    }

    private Checker.Verdict judge() {
        return judge(receipts);
    }

    private Checker.Verdict judge(List<Accepted> log) {
        return Checker.judge(
                SETTINGS,
                new Evidence(
                        history,
                        receipts,
                        Map.of(),
                        masked,
                        told,
                        recoveries,
                        log,
                        rounds,
                        held,
                        states,
                        Map.of(),
                        Optional.empty(),
                        x,
                        x.clone(),
                        sum));
    }

    @Test
    void findsNothingInAValidRun() {
        Checker.Verdict verdict = judge();
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.checked()).isEqualTo(5 * ROUNDS - 6);
        assertThat(verdict.identical()).isTrue();
        double[] members = new double[DIMENSION];
        states.values().forEach(state -> {
            for (int j = 0; j < DIMENSION; j++) {
                members[j] += state.memory()[j];
            }
        });
        assertThat(sum).as("S is the sum of the devices' g_i, exactly").isEqualTo(members);
    }

    @Test
    void findsAWrongBitOfTheModelAndOfTheSum() {
        x[3] = Math.nextUp(x[3]);
        assertThat(judge().violations())
                .anyMatch(violation -> violation.contains("coordinator's model") && violation.contains("coordinate 3"));
        assertThat(judge().identical()).isFalse();
        x[3] = Math.nextDown(x[3]);
        sum[7] += 1;
        assertThat(judge().violations()).singleElement().asString().contains("coordinator's sum", "coordinate 7");
    }

    @Test
    void findsAWrongBitOfADevicesPart() {
        Objects.requireNonNull(states.get(history.periods().get(2))).memory()[0] += 0x1p-24;
        assertThat(judge().violations()).singleElement().asString().contains("device 2 does not have the g_i");
    }

    @Test
    void findsALostMessageAndOneThatWasNeverPromised() {
        List<Accepted> log = new ArrayList<>(receipts);
        log.remove(5);
        log.add(new Accepted("a", 4, 4, 9, 77));
        assertThat(judge(log).violations())
                .anyMatch(violation -> violation.startsWith("lost: "))
                .anyMatch(violation -> violation.startsWith("unknown: "));
        assertThat(judge(log).lost()).isEqualTo(1);
    }

    @Test
    void findsPartOfACohort() {
        receipts.removeIf(receipt -> receipt.round() == 8 && !receipt.client().equals("a"));
        assertThat(judge().violations())
                .anyMatch(violation -> violation.startsWith("part of a cohort: round 8 has receipts for 1 messages"));
    }

    @Test
    void findsThatOneOfACohortIsMissing() {
        receipts.removeIf(receipt -> receipt.round() == 8 && receipt.client().equals("e"));
        rounds.set(8, figures(8, 4));
        assertThat(judge().violations())
                .contains("part of a cohort: round 8 has receipts for 4 messages, but its devices were told of sums of"
                        + " [5]");
    }

    @Test
    void findsDifferentSumsAnnouncedToDevicesOfACohort() {
        told.add(new Evidence.AnnouncedSum(8, 0, Set.of(1008L, 2008L)));
        assertThat(judge().violations()).containsExactly("devices were told of 2 different sums in round 8, attempt 0");
    }

    @Test
    void findsADeviceThatRecoveredItsDiskAgainstItsKey() {
        recoveries.add(new DiskRecovery(0, true, 4, null));
        recoveries.add(new DiskRecovery(0, true, 0, "the copy was not used: it includes message 3"));
        recoveries.add(new DiskRecovery(1, false, 0, null));
        assertThat(judge().violations()).isEmpty();
        recoveries.add(new DiskRecovery(1, false, 4, null));
        recoveries.add(new DiskRecovery(2, true, 0, null));
        assertThat(judge().violations())
                .containsExactly(
                        "device 1 has no recovery key, but continued after it had lost its disk",
                        "device 2 has a recovery key, but joined again without a reason");
    }

    @Test
    void findsADeviceThatIsBehindUnlessTheRunHasEndedSinceItLostItsDisk() {
        held.put(history.periods().get(2), new Evidence.ChainState(4, 3003, new double[DIMENSION]));
        recoveries.add(new DiskRecovery(2, true, 3, null));
        recoveries.add(new DiskRecovery(1, true, 4, null));
        assertThat(judge().violations()).containsExactly("device 2 is at message 4, but the coordinator has it at 8");
        recoveries.add(new DiskRecovery(2, true, 4, null));
        assertThat(judge().violations()).isEmpty();
    }

    @Test
    void findsABrokenChain() {
        MaskedHeader third = Objects.requireNonNull(masked.get(1002L));
        masked.put(1002L, new MaskedHeader(third.sequence(), third.previous() + 1, third.digest()));
        assertThat(judge().violations()).singleElement().asString().startsWith("broken chain: message 3");
    }
}
