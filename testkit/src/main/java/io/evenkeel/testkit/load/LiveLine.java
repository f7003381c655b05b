package io.evenkeel.testkit.load;

import io.evenkeel.operator.terminal.ProgressLine;
import java.time.Duration;
import java.util.Locale;

/** Shows figures during a load test. Not thread-safe. */
final class LiveLine {

    private static final Duration BETWEEN_LINES = Duration.ofMillis(500);

    private final ProgressLine line;
    private final LoadFleet fleet;
    private long shown = System.nanoTime();
    private long acceptedThen;
    private Tally tallyThen;

    LiveLine(ProgressLine line, LoadFleet fleet) {
        this.line = line;
        this.fleet = fleet;
        this.tallyThen = fleet.tally();
    }

    /** Shows the figures and returns true, for use in a condition. */
    boolean show(Duration elapsed) {
        long now = System.nanoTime();
        if (now - shown < BETWEEN_LINES.toNanos()) {
            return true;
        }
        Tally tally = fleet.tally();
        long accepted = tally.accepted() - (tally == tallyThen ? acceptedThen : 0);
        String figures = String.format(
                Locale.ROOT,
                "%,.0f/s  p50 %s  p99 %s  refused %,d  round %d",
                accepted * 1e9 / (now - shown),
                LoadReport.millis(tally.latency().getValueAtPercentile(50)),
                LoadReport.millis(tally.latency().getValueAtPercentile(99)),
                tally.refused(),
                fleet.round());
        line.show((int) elapsed.toSeconds(), figures, elapsed);
        shown = now;
        acceptedThen = tally.accepted();
        tallyThen = tally;
        return true;
    }

    void end() {
        line.end();
    }
}
