package io.evenkeel.cli.plan;

import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.plan.Workload.Database;
import io.evenkeel.cli.plan.Workload.Store;
import io.evenkeel.tools.terminal.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats a plan as text: the resources to provide, their use, and the one that is exhausted first. */
final class PlanText {

    private static final double SECONDS_PER_HOUR = 3600;
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    private final Estimate estimate;
    private final Workload workload;
    private final TextLayout page;

    PlanText(Estimate estimate, TextLayout page) {
        this.estimate = estimate;
        this.workload = estimate.workload();
        // A plan is meant for people even in a file, so its lines have at most 80 columns.
        this.page = new TextLayout(page.style(), Math.min(page.columns(), 80), page.now());
    }

    /** Returns a number with up to two decimals, such as {@code 0.25} or {@code 1,200}. */
    static String rate(double value) {
        String text = String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>(List.of("Provide"));
        lines.addAll(provided().lines(page));
        lines.addAll(List.of("", "Used for"));
        lines.addAll(used().lines(page));
        lines.add("");
        Limit first = Limit.of(estimate).get(0);
        lines.addAll(new Properties()
                .add("first limit", "at " + rate(first.roundsPerHour()) + " rounds an hour: " + first.resource())
                .add("then", first.remedy())
                .lines(page));
        for (String warning : Warnings.of(estimate)) {
            lines.addAll(new Properties().add("!", warning).lines(page));
        }
        return lines;
    }

    private Properties provided() {
        Properties all = new Properties()
                .add(
                        "coordinators",
                        workload.replicas() + ", with " + counted(estimate.cores(), "core") + " and "
                                + estimate.memory() / GIB + " GiB of memory each (heap " + estimate.heap() / MIB
                                + " MiB)");
        String database = bytes(estimate.databaseAfterYear()) + " after a year";
        all.add(
                workload.database() == Database.H2 ? "H2" : "PostgreSQL",
                workload.database() == Database.H2
                        ? database
                        : counted(estimate.databaseCores(), "core") + ", " + workload.replicas() * Estimate.CONNECTIONS
                                + " connections, " + database);
        if (workload.store() != Store.DATABASE) {
            all.add(workload.store() == Store.S3 ? "S3" : "folder", bytes(estimate.storeAfterYear()) + " after a year");
        }
        return all.add(
                "network",
                bits(estimate.uplinkPerHour()) + " in, " + bits(estimate.downlinkPerHour()) + " out, on average");
    }

    private Properties used() {
        Properties all = new Properties()
                .add(
                        "a round",
                        String.format(
                                Locale.ROOT,
                                "%,d of %,d devices; at least %s s",
                                workload.participants(),
                                workload.devices(),
                                rate(estimate.shortestRound())))
                .add(
                        "a message",
                        String.format(
                                Locale.ROOT,
                                "%,d bytes: %,d values of %,d",
                                estimate.message(),
                                workload.values(),
                                workload.dimension()))
                .add("a download", Quantity.bytes(estimate.download()) + " for each device and round")
                .add(
                        "processor",
                        rate(estimate.coordinatorSeconds()) + " s an hour in the coordinators"
                                + (workload.database() == Database.H2
                                        ? ""
                                        : ", " + rate(estimate.databaseSeconds()) + " s in PostgreSQL"));
        if (workload.database() == Database.POSTGRESQL) {
            all.add("WAL", bytes(estimate.wal()) + " a day");
        }
        if (workload.store() != Store.DATABASE) {
            all.add("store writes", bytes(estimate.storeWrites()) + " a day");
        }
        all.add(
                "kept forever",
                bytes(estimate.databaseGrowth() + estimate.storeGrowth()) + " a day: records, old models");
        return all.add("members", bytes(estimate.members()) + " at most: their vectors and messages");
    }

    private static String counted(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String bytes(double value) {
        return Quantity.bytes(Math.round(value));
    }

    private static String bits(double bytesPerHour) {
        return rate(8 * bytesPerHour / SECONDS_PER_HOUR / 1e6) + " Mbit/s";
    }
}
