package io.evenkeel.testkit.chaos.verdict;

import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks the result of a run with secure aggregation: each sum includes a cohort completely or not at all, and has the
 * bits of the devices' messages. Not thread-safe.
 */
final class CohortChecker {

    private final ChaosSettings settings;
    private final Evidence evidence;
    private final CohortReplay replay;
    private final List<String> violations;

    CohortChecker(ChaosSettings settings, Evidence evidence, CohortReplay replay, List<String> violations) {
        this.settings = settings;
        this.evidence = evidence;
        this.replay = replay;
        this.violations = violations;
    }

    /**
     * Returns whether the model and the sum are bit-identical to those of the replay.
     *
     * @param included the receipts of each round
     */
    boolean check(Map<Integer, List<Accepted>> included) {
        included.forEach((round, receipts) -> {
            if (receipts.size() < settings.quorum()) {
                violations.add("part of a cohort: round " + round + " has receipts for " + receipts.size()
                        + " messages, but the smallest cohort is " + settings.quorum());
            }
            checkCohort(round, receipts.stream().map(Accepted::digest).collect(Collectors.toSet()));
        });
        checkAgreement();
        checkRecoveries();
        evidence.history().periods().forEach(this::checkMember);
        evidence.audit().ifPresent(what -> violations.add("failed audit: " + what));
        boolean model = same("model", replay.x(), evidence.x());
        boolean devices = same("devices' model", replay.devicesModel(), evidence.w());
        return same("sum", replay.sum(), evidence.sum()) && model && devices;
    }

    /** Checks that the messages of a round with receipts are exactly those of a cohort. */
    private void checkCohort(int round, Set<Long> accepted) {
        List<Evidence.AnnouncedSum> announced = evidence.announced().stream()
                .filter(sum -> sum.round() == round)
                .toList();
        if (announced.stream().noneMatch(sum -> sum.digests().equals(accepted))) {
            violations.add("part of a cohort: round " + round + " has receipts for " + accepted.size()
                    + " messages, but its devices were told of sums of "
                    + announced.stream()
                            .map(sum -> sum.digests().size())
                            .distinct()
                            .toList());
        }
    }

    /** Checks that all devices of an attempt got the same sum: revealing shares is safe for one sum only. */
    private void checkAgreement() {
        Map<Evidence.AnnouncedSum, Long> distinct = evidence.announced().stream()
                .distinct()
                .collect(Collectors.groupingBy(
                        sum -> new Evidence.AnnouncedSum(sum.round(), sum.attempt(), Set.of()), Collectors.counting()));
        distinct.forEach((attempt, count) -> {
            if (count > 1) {
                violations.add("devices were told of " + count + " different sums in round " + attempt.round()
                        + ", attempt " + attempt.attempt());
            }
        });
    }

    /**
     * Checks that only devices with a recovery key continue from a copy, and that the others report why they do not.
     */
    private void checkRecoveries() {
        for (DiskRecovery recovery : evidence.recoveries()) {
            if (recovery.continued() && !recovery.hasKey()) {
                violations.add("device " + recovery.device()
                        + " has no recovery key, but continued after it had lost its disk");
            } else if (!recovery.continued() && recovery.hasKey() && recovery.reason() == null) {
                violations.add(
                        "device " + recovery.device() + " has a recovery key, but joined again without a reason");
            }
        }
    }

    private void checkMember(History.MembershipPeriod member) {
        Evidence.ChainState held = evidence.held().get(member);
        Evidence.ChainState kept = evidence.kept().get(member);
        if (held == null || kept == null) {
            return; // The member left before the end.
        }
        if (isLeftBehind(member.device(), held, kept)) {
            return;
        }
        if (held.sequence() != kept.sequence() || held.head() != kept.head()) {
            violations.add("device " + member.device() + " is at message " + held.sequence()
                    + ", but the coordinator has it at " + kept.sequence());
        } else if (!Arrays.equals(held.memory(), replay.memory(member))) {
            violations.add(
                    "device " + member.device() + " does not have the g_i that follows from its messages in the sums");
        }
    }

    /**
     * Returns whether a device has lost its disk, and the run has ended before its next message or before it
     * could join again.
     */
    private boolean isLeftBehind(int device, Evidence.ChainState held, Evidence.ChainState kept) {
        return held.sequence() < kept.sequence()
                && evidence.recoveries().stream()
                        .filter(recovery -> recovery.device() == device)
                        .reduce((earlier, later) -> later)
                        .filter(last -> last.sequence() == held.sequence())
                        .isPresent();
    }

    private boolean same(String what, double[] expected, double[] actual) {
        int j = Arrays.mismatch(expected, actual);
        if (j >= 0) {
            violations.add("different bits: the coordinator's " + what
                    + " differs from that of the same messages without masks, first in coordinate " + j);
        }
        return j < 0;
    }
}
