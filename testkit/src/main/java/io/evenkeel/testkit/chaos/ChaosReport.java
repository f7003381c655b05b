package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.deployment.ChaosOptions;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import io.evenkeel.testkit.chaos.verdict.Checker;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Formats the outcome of a chaos test as human-readable text. */
final class ChaosReport {

    private ChaosReport() {}

    static List<String> lines(ChaosOutcome outcome) {
        Checker.Verdict verdict = outcome.verdict();
        TextTable table = new TextTable().row("kills", Integer.toString(outcome.kills()));
        outcome.processKills().forEach((kind, count) -> table.row("  " + kind.text(), count.toString()));
        outcome.crashes()
                .forEach((point, count) -> table.row(
                        "  device, " + point.name().toLowerCase(Locale.ROOT).replace('_', ' '), count.toString()));
        table.row(
                "memberships changed",
                Integer.toString(outcome.changes().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum()));
        outcome.changes().forEach((kind, count) -> table.row("  device " + kind.text(), count.toString()));
        if (!outcome.disks().isEmpty()) {
            long continued =
                    outcome.disks().stream().filter(DiskRecovery::continued).count();
            table.row("  continued from the encrypted copy", Long.toString(continued))
                    .row(
                            "  joined again without one",
                            Long.toString(outcome.disks().size() - continued));
        }
        table.row("requests", "");
        outcome.faults().forEach((fault, count) -> table.row("  " + fault.text(), count.toString()));
        outcome.troubles()
                .forEach((trouble, count) -> table.row("  to the store, " + trouble.text(), count.toString()));
        table.row("messages checked", Integer.toString(verdict.checked()))
                .row("receipts for them", Integer.toString(outcome.receipts()))
                .row("refused", Integer.toString(outcome.refusals()))
                .row("lost", Integer.toString(verdict.lost()))
                .row("duplicated", Integer.toString(verdict.duplicated()))
                .row("bits identical", verdict.identical() ? "yes" : "no")
                .row("recovery", spread(outcome.recoveries()))
                .row("time", Quantity.clock(outcome.took()));
        if (outcome.lost() > 0) {
            table.row("lost with the state after a back-up", Integer.toString(outcome.lost()));
        }
        if (!outcome.outages().isEmpty()) {
            table.row("database away", spread(outcome.outages()));
        }
        return ChaosOptions.lines(table, verdict.violations());
    }

    private static String spread(List<Duration> times) {
        if (times.isEmpty()) {
            return "-";
        }
        List<Duration> sorted = times.stream().sorted().toList();
        return "median " + Quantity.seconds(sorted.get(sorted.size() / 2)) + ", longest "
                + Quantity.seconds(sorted.get(sorted.size() - 1));
    }
}
