package io.evenkeel.pilot.load;

import io.evenkeel.pilot.terminal.Quantity;
import io.evenkeel.pilot.terminal.Table;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A load run's figures for people, and as a row of a table in Markdown. */
final class LoadReport {

    private final LoadResult result;

    LoadReport(LoadResult result) {
        this.result = result;
    }

    /** Returns microseconds as milliseconds with a sensible number of digits, such as {@code 4.2 ms}. */
    static String millis(long micros) {
        return String.format(Locale.ROOT, micros < 99_950 ? "%.1f ms" : "%,.0f ms", micros / 1000.0);
    }

    List<String> lines() {
        Tally tally = result.tally();
        Table table = new Table()
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
            table.row("repeated", figure("%,d", tally.repeated()), "answered with the receipt there was");
        }
        if (tally.refused() > 0) {
            table.row("refused", figure("%,d", tally.refused()), spread(tally.refusal()));
            for (Map.Entry<String, Long> reason : tally.refusals().entrySet()) {
                table.row("", figure("%,d", reason.getValue()), reason.getKey());
            }
        }
        if (tally.closing().getTotalCount() > 0) {
            table.row("round closed", spread(tally.closing()), "from its last receipt to the news of the next");
        }
        server(table);
        table.row("heap", heap(), "left of its old generation by the last collection, of the most it may be")
                .row(
                        "generator",
                        figure("%.3f ms CPU a message", result.generatorMillis()),
                        figure("%.0f %% of a core", 100 * result.generatorCpu().toNanos() / 1e9 / result.seconds()));
        table.row("nothing lost", kept(), "");
        return table.lines();
    }

    private void server(Table table) {
        ProcessFigures before = result.before();
        ProcessFigures after = result.after();
        if (before == null || after == null) {
            table.row("server", "not started by this command: its CPU and memory are not known", "");
            return;
        }
        double cores = after.cpu().minus(before.cpu()).toNanos() / 1e9 / result.seconds();
        table.row(
                        "server",
                        figure("%.3f ms CPU a message", result.serverMillis()),
                        figure("%.0f %% of a core", 100 * cores))
                .row(
                        "",
                        Quantity.bytes(after.residentBytes()) + " resident",
                        Quantity.bytes(after.peakBytes()) + " at most");
    }

    private String heap() {
        HeapFigures heap = result.heap();
        return (heap.liveBytes() == 0 ? "?" : Quantity.bytes(heap.liveBytes())) + " of "
                + Quantity.bytes(heap.mostBytes());
    }

    /** Says whether what devices hold receipts for is what the rounds' records count. */
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
        return "p50 " + millis(micros.getValueAtPercentile(50)) + ", p99 " + millis(micros.getValueAtPercentile(99))
                + ", max " + millis(micros.getMaxValue());
    }

    /** Returns the heads of {@link #row}. */
    static String head() {
        return "| devices | d | K | accepted/s | p50 | p99 | max | repeated/s | refused/s | round closed, p50 | server CPU a message | generator CPU a"
                + " message | live heap | server RSS | receipts = records |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|";
    }

    /** Returns the figures as a row of a table in Markdown. */
    String row() {
        Tally tally = result.tally();
        ProcessFigures after = result.after();
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
                figure("%.3f ms", result.serverMillis()),
                figure("%.3f ms", result.generatorMillis()),
                heap(),
                after == null ? "?" : Quantity.bytes(after.residentBytes()),
                result.recorded() == result.receipts() ? figure("yes, %,d |", result.receipts()) : "NO |");
    }

    private static String figure(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
