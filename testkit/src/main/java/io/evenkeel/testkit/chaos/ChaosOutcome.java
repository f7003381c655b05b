package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.proxy.Fault;
import io.evenkeel.testkit.chaos.proxy.StoreTrouble;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.testkit.chaos.verdict.Checker;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The outcome of a chaos test.
 *
 * @param processKills kills of processes by kind
 * @param crashes crashes of thread devices by point
 * @param changes changes of memberships by kind
 * @param disks how devices of a run with secure aggregation continued after the loss of their disks
 * @param faults requests by fault
 * @param troubles requests to the object store by its fault
 * @param recoveries for each kill of the coordinator, the time until the next message was accepted
 * @param outages for each restart of the database, the time until the next message was accepted
 * @param receipts the number of receipts, including repetitions
 * @param refusals the number of refused messages
 * @param lost the number of messages whose receipts were lost with the state after a backup
 * @param took the duration of the run
 * @param verdict the result of the checks
 */
record ChaosOutcome(
        Map<KillKind, Integer> processKills,
        Map<CrashPoint, Integer> crashes,
        Map<Change.Kind, Integer> changes,
        List<DiskRecovery> disks,
        Map<Fault, Integer> faults,
        Map<StoreTrouble, Integer> troubles,
        List<Duration> recoveries,
        List<Duration> outages,
        int receipts,
        int refusals,
        int lost,
        Duration took,
        Checker.Verdict verdict) {

    int kills() {
        return processKills.values().stream().mapToInt(Integer::intValue).sum()
                + crashes.values().stream().mapToInt(Integer::intValue).sum();
    }
}
