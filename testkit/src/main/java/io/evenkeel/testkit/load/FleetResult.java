package io.evenkeel.testkit.load;

import static io.evenkeel.testkit.load.LoadReport.figure;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The result of a simulation of a large fleet.
 *
 * @param empty the server's figures before the first device
 * @param enrolling the seconds for enrolling all devices
 * @param joining the seconds for joining the run
 * @param filled the server's figures with all devices
 * @param rounds the measured rounds
 * @param end the server's figures after the last round
 * @param checkIns the duration of each check-in, in nanoseconds
 * @param checkInCpu the processor time of all check-ins
 */
record FleetResult(
        FleetLoadSettings settings,
        ServerFigures empty,
        double enrolling,
        double joining,
        ServerFigures filled,
        List<Round> rounds,
        ServerFigures end,
        List<Long> checkIns,
        Duration checkInCpu) {

    /** One round, from the first request for a task until the next round is open. */
    record Round(
            double seconds, long requests, long bytesUp, long bytesDown, ServerFigures before, ServerFigures after) {

        double cpuSeconds() {
            return after.process().cpu().minus(before.process().cpu()).toNanos() / 1e9;
        }
    }

    /** Returns the figures as a table. */
    List<String> lines() {
        long devices = settings.enrolled();
        String others = settings.rows() == 0 ? "" : figure(", %,d of them only as rows", settings.rows());
        int participants = settings.load().devices();
        DatabaseFigures first = empty.database();
        DatabaseFigures full = filled.database();
        TextTable table = new TextTable()
                .row("devices", figure("%,d", settings.devices()), "members of the run" + others)
                .row(
                        "enrolled",
                        figure("%,.0f a second", devices / enrolling),
                        figure("joined %,.0f a second", devices / joining))
                .row(
                        "a device",
                        figure("%.3f ms CPU", cpu(empty, filled) * 1000 / devices),
                        "of the coordinator, to enrol and join")
                .row("", figure("%,d bytes", (full.bytes() - first.bytes()) / devices), "in the database")
                .row(
                        "round",
                        figure("%.1f s", mean(Round::seconds)),
                        figure("%,d devices, %d rounds", participants, rounds.size()))
                .row(
                        "",
                        figure("%,.0f requests/s", mean(Round::requests) / mean(Round::seconds)),
                        "tasks, models and messages")
                .row(
                        "",
                        figure("%.2f s CPU", mean(Round::cpuSeconds)),
                        figure("of the coordinator, %.3f ms a device", mean(Round::cpuSeconds) * 1000 / participants))
                .row(
                        "",
                        Quantity.bytes((long) mean(Round::bytesUp)) + " up",
                        Quantity.bytes((long) mean(Round::bytesDown)) + " down");
        table.row(
                "",
                Quantity.bytes((long) mean(round ->
                        round.after.database().bytes() - round.before.database().bytes())),
                "more database");
        if (full.walBytes() != DatabaseFigures.UNKNOWN) {
            double wal = mean(round ->
                    round.after.database().walBytes() - round.before.database().walBytes());
            table.row("", Quantity.bytes((long) wal), figure("WAL, %,.0f bytes a message", wal / participants));
        }
        return checkIns(table)
                .row(
                        "at the end",
                        Quantity.bytes(end.database().bytes()) + " database",
                        Quantity.bytes(end.process().peakBytes()) + " of memory at most")
                .lines();
    }

    private TextTable checkIns(TextTable table) {
        if (checkIns.isEmpty()) {
            return table;
        }
        double cpu = checkInCpu.toNanos() / 1e9 / checkIns.size();
        List<Long> sorted = checkIns.stream().sorted().toList();
        return table.row(
                        "check-ins",
                        figure(
                                "%,.0f a second",
                                checkIns.size() / (settings.checkIns().toNanos() / 1e9)),
                        figure(
                                "p50 %.1f ms, p99 %.1f ms",
                                sorted.get(sorted.size() / 2) / 1e6, sorted.get(sorted.size() * 99 / 100) / 1e6))
                .row(
                        "",
                        figure("%.3f ms CPU each", cpu * 1000),
                        figure("%.0f s of CPU in an hour if each device checks in once", cpu * settings.devices()));
    }

    private static double cpu(ServerFigures before, ServerFigures after) {
        return after.process().cpu().minus(before.process().cpu()).toNanos() / 1e9;
    }

    private double mean(ToDoubleFunction<Round> figure) {
        return rounds.stream().mapToDouble(figure).average().orElse(Double.NaN);
    }
}
