package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.testkit.chaos.deployment.ChaosOptions;
import io.evenkeel.testkit.chaos.proxy.Fault;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The outcome of a chaos test of roll-outs.
 *
 * @param ends the number of roll-outs by scenario
 * @param kills kills of coordinators and restarts of the database by kind
 * @param deviceKills kills of devices by step
 * @param faults requests by fault
 * @param answers the number of checked responses with a version
 * @param reports the number of reports sent, including repetitions
 * @param took the duration
 * @param violations all violations, one sentence each
 */
record RolloutChaosOutcome(
        Map<RolloutScenario, Integer> ends,
        Map<RolloutKill.Kind, Integer> kills,
        Map<CrashLottery.Step, Integer> deviceKills,
        Map<Fault, Integer> faults,
        int answers,
        int reports,
        Duration took,
        List<String> violations) {

    /** Returns the outcome as human-readable lines: a table, then the violations. */
    List<String> lines() {
        TextTable table = new TextTable().row("roll-outs", Integer.toString(sum(ends)));
        ends.forEach((scenario, count) -> table.row("  " + scenario.text(), count.toString()));
        table.row("kills", Integer.toString(sum(kills) + sum(deviceKills)));
        kills.forEach((kind, count) -> table.row("  " + kind.text(), count.toString()));
        deviceKills.forEach((step, count) ->
                table.row("  device, " + step.name().toLowerCase(Locale.ROOT).replace('_', ' '), count.toString()));
        table.row("requests", "");
        faults.forEach((fault, count) -> table.row("  " + fault.text(), count.toString()));
        table.row("answers checked", Integer.toString(answers))
                .row("reports", Integer.toString(reports))
                .row("violations", Integer.toString(violations.size()))
                .row("time", Quantity.clock(took));
        return ChaosOptions.lines(table, violations);
    }

    private static int sum(Map<?, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
