package io.evenkeel.testkit.load;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Formats the figures of a load test as human-readable text, and as a row of a Markdown table. */
final class LoadReport {

    /** The maximum width of the table of {@link #lines}. */
    static final int COLUMNS = 100;

    private static final String UNKNOWN = "unknown";

    private final LoadResult result;

    LoadReport(LoadResult result) {
        this.result = result;
    }

    /**
     * Returns microseconds as milliseconds or, from 10 s on, seconds: {@code 4.2 ms}, {@code 1,234 ms},
     * {@code 12.3 s}.
     */
    static String millis(long micros) {
        if (micros >= 9_999_500) {
            return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
        }
        return String.format(Locale.ROOT, micros < 99_950 ? "%.1f ms" : "%,.0f ms", micros / 1000.0);
    }

    /** Returns the figures as a table of at most {@value #COLUMNS} columns. */
    List<String> lines() {
        Tally tally = result.tally();
        TextTable table = new TextTable()
                .row(
                        "accepted",
                        figure("%,.0f a second", result.perSecond()),
                        figure("%,d in %.1f s, %,d rounds", tally.accepted(), result.seconds(), result.rounds()))
                .row("latency", spread(tally.latency()), "from the first byte sent to the receipt")
                .row(
                        "sent",
                        Quantity.bytes(tally.bytes()),
                        figure("%.1f MB/s", tally.bytes() / 1e6 / result.seconds()));
        if (tally.repeated() > 0) {
            table.row("repeated", figure("%,d", tally.repeated()), "answered with the original receipt");
        }
        if (tally.refused() > 0) {
            table.row("refused", figure("%,d", tally.refused()), spread(tally.refusal()));
            for (Map.Entry<String, Long> reason : tally.refusals().entrySet()) {
                table.row("", shortened(figure("%,d of them: ", reason.getValue()) + reason.getKey()));
            }
        }
        if (tally.closing().getTotalCount() > 0) {
            table.row("round closed", spread(tally.closing()), "from its last receipt to the next round");
        }
        server(table);
        table.row("heap", heap(), "live after a collection, of its maximum")
                .row(
                        "generator",
                        perMessage(result.generatorMillis()),
                        figure("%.0f %% of a core", 100 * result.generatorCpu().toNanos() / 1e9 / result.seconds()))
                .row("nothing lost", kept());
        return table.lines();
    }

    private void server(TextTable table) {
        ServerFigures before = result.before();
        ServerFigures after = result.after();
        if (before == null || after == null) {
            table.row("server", "CPU and memory are unknown: this command did not start it");
            return;
        }
        double cores = after.process().cpu().minus(before.process().cpu()).toNanos() / 1e9 / result.seconds();
        table.row("server", perMessage(result.serverMillis()), figure("%.0f %% of a core", 100 * cores))
                .row(
                        "",
                        Quantity.bytes(after.process().residentBytes()) + " resident",
                        Quantity.bytes(after.process().peakBytes()) + " at most");
        if (Double.isFinite(result.walBytes())) {
            table.row("", wal() + " a message", "PostgreSQL's write-ahead log");
        }
    }

    private String wal() {
        return Double.isFinite(result.walBytes()) ? figure("%,.0f bytes", result.walBytes()) : UNKNOWN;
    }

    private String heap() {
        HeapFigures heap = result.heap();
        // Before its first collection of the old generation, the collector reports 0.
        return (heap.liveBytes() == 0 ? UNKNOWN + "," : Quantity.bytes(heap.liveBytes())) + " of "
                + Quantity.bytes(heap.mostBytes());
    }

    private static String perMessage(double millis) {
        return cpu(millis) + " CPU a message";
    }

    /** Returns processor time in milliseconds; unknown per message if no message was accepted. */
    private static String cpu(double millis) {
        return Double.isFinite(millis) ? figure("%.3f ms", millis) : UNKNOWN;
    }

    private static String shortened(String text) {
        int most = COLUMNS - 2 - "round closed".length() - 2;
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }

    /** Compares the number of receipts with the count in the rounds' records. */
    private String kept() {
        return result.recorded() < 0
                ? "unknown: a round was being closed when the records were read"
                : result.recorded() == result.receipts()
                        ? figure(
                                "yes: %,d receipts, %,d messages in the rounds' records",
                                result.receipts(), result.recorded())
                        : figure(
                                "NO: %,d receipts, %,d messages in the rounds' records",
                                result.receipts(), result.recorded());
    }

    private static String spread(Histogram micros) {
        if (micros.getTotalCount() == 0) {
            return "none";
        }
        return "p50 " + millis(micros.getValueAtPercentile(50)) + ", p99 " + millis(micros.getValueAtPercentile(99))
                + ", max " + millis(micros.getMaxValue());
    }

    /** Returns the table head for {@link #row}. */
    static String head() {
        return "| devices | d | K | accepted/s | p50 | p99 | max | repeated/s | refused/s | round closed, p50 | server CPU a message | generator CPU a"
                + " message | live heap | server RSS | WAL a message | receipts = records |\n"
                + "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";
    }

    /** Returns the figures as a row of a Markdown table. */
    String row() {
        Tally tally = result.tally();
        ServerFigures after = result.after();
        return String.join(
                " | ",
                figure("| %,d", result.settings().devices()),
                figure("%,d", result.settings().dimension()),
                figure("%,d", result.settings().count()),
                figure("%,.0f", result.perSecond()),
                millis(tally.latency().getValueAtPercentile(50)),
                millis(tally.latency().getValueAtPercentile(99)),
                millis(tally.latency().getMaxValue()),
                figure("%,.0f", tally.repeated() / result.seconds()),
                figure("%,.0f", tally.refused() / result.seconds()),
                millis(tally.closing().getValueAtPercentile(50)),
                cpu(result.serverMillis()),
                cpu(result.generatorMillis()),
                heap(),
                after == null ? UNKNOWN : Quantity.bytes(after.process().residentBytes()),
                wal(),
                result.recorded() == result.receipts() ? figure("yes, %,d |", result.receipts()) : "NO |");
    }

    static String figure(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
