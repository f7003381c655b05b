package io.evenkeel.testkit.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Checks what the coordinator of a run with secure aggregation has: sums of cohorts, all of a cohort or none, whose bits are those of the
 * devices' messages. Not thread-safe.
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
     * Returns whether the model and the sum have the bits of the replay.
     *
     * @param included the receipts of each round
     */
    boolean check(Map<Integer, List<Accepted>> included) {
        included.forEach((round, receipts) -> {
            if (receipts.size() < settings.quorum()) {
                violations.add("part of a cohort: round " + round + " has receipts for " + receipts.size()
                        + " messages, and the smallest cohort is " + settings.quorum());
            }
        });
        evidence.history().periods().forEach(this::checkMember);
        evidence.audit().ifPresent(what -> violations.add("failed audit: " + what));
        boolean model = same("model", replay.x(), evidence.x());
        boolean devices = same("devices' model", replay.devicesModel(), evidence.w());
        return same("sum", replay.sum(), evidence.sum()) && model && devices;
    }

    private void checkMember(History.MembershipPeriod member) {
        ChainState held = evidence.held().get(member);
        ChainState kept = evidence.kept().get(member);
        if (held == null || kept == null) {
            return; // gone before the end
        }
        if (held.sequence() != kept.sequence() || held.head() != kept.head()) {
            violations.add("device " + member.device() + " is at message " + held.sequence()
                    + ", but the coordinator has it at " + kept.sequence());
        } else if (!Arrays.equals(held.memory(), replay.memory(member))) {
            violations.add("device " + member.device() + " does not have the g_i that its messages in the sums give");
        }
    }

    private boolean same(String what, double[] expected, double[] actual) {
        int j = Arrays.mismatch(expected, actual);
        if (j >= 0) {
            violations.add("other bits: the coordinator's " + what
                    + " differs from that of the same messages without masks, first in coordinate " + j);
        }
        return j < 0;
    }
}
