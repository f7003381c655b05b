package io.evenkeel.cli.plan;

import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Terminal;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/** Shows the progress of a simulation that takes more than a moment, on a terminal only. Not thread-safe. */
final class SimulationProgress implements IntConsumer {

    private final boolean isShown;
    private final int rounds;
    private final ProgressLine line;
    private final LongSupplier nanoTime;
    private final long started;
    private long shownAt;
    private boolean isSearching;

    /**
     * @param rounds the number of rounds to simulate, at least 1
     * @param nanoTime a clock in nanoseconds, such as {@link System#nanoTime}
     */
    SimulationProgress(Terminal terminal, int rounds, LongSupplier nanoTime) {
        isShown = terminal.interactive();
        this.rounds = rounds;
        line = new ProgressLine(terminal, rounds);
        this.nanoTime = nanoTime;
        started = nanoTime.getAsLong();
        shownAt = started;
    }

    @Override
    public void accept(int closed) {
        long now = nanoTime.getAsLong();
        if (isShown && now - shownAt >= ProgressLine.SHOW_EVERY) {
            shownAt = now;
            line.show(
                    isSearching ? rounds : closed,
                    isSearching ? "trying other settings" : "simulated",
                    Duration.ofNanos(now - started));
        }
    }

    /** Shows from now on that other settings are being simulated. */
    void beginSearch() {
        isSearching = true;
    }

    void end() {
        line.end();
    }
}
