package io.evenkeel.testkit.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was done, and what came of it.
 *
 * @param processKills kills of processes by kind
 * @param crashes crashes of thread devices by point
 * @param changes changes of memberships by kind
 * @param faults requests by what befell them
 * @param recoveries for each kill of the coordinator, how long it took until the next message was accepted
 * @param receipts receipts given, repetitions included
 * @param refusals messages refused
 * @param took the whole run
 * @param verdict what the evidence says
 */
record Outcome(
        Map<KillKind, Integer> processKills,
        Map<CrashPoint, Integer> crashes,
        Map<ChangeKind, Integer> changes,
        Map<Fault, Integer> faults,
        List<Duration> recoveries,
        int receipts,
        int refusals,
        Duration took,
        Verdict verdict) {

    /** Returns how often something was killed. */
    int kills() {
        return processKills.values().stream().mapToInt(Integer::intValue).sum()
                + crashes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
