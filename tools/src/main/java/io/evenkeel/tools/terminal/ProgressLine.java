package io.evenkeel.tools.terminal;

import java.time.Duration;

/**
 * Shows progress: on a terminal as one line that is redrawn, otherwise as a line for about every tenth of the
 * steps. Not thread-safe.
 */
public final class ProgressLine {

    /** The minimum nanoseconds between two redraws of a line that changes constantly. */
    public static final long SHOW_EVERY = Duration.ofMillis(200).toNanos();

    private static final int WIDEST_BAR = 40;
    private static final int NARROWEST_BAR = 8;
    private static final int MIN_SHARE = 100;

    private final Terminal terminal;
    private final String step;
    private final int total;
    private int skipped;
    private int shownTenth = -1;
    private int shownLength;

    /** Creates a progress line for {@code total} rounds, at least 1. */
    public ProgressLine(Terminal terminal, int total) {
        this(terminal, "round", total);
    }

    /**
     * Creates a progress line for steps of some kind.
     *
     * @param step the name of a step, such as {@code round}
     * @param total the number of steps, at least 1
     */
    public ProgressLine(Terminal terminal, String step, int total) {
        this.terminal = terminal;
        this.step = step;
        this.total = total;
    }

    /**
     * Shows the progress.
     *
     * @param done steps done, 0 to total
     * @param figures additional text, cut at the terminal's width
     */
    public void show(int done, String figures, Duration elapsed) {
        int tenth = (int) (10L * done / total);
        if (terminal.interactive()) {
            redraw(line(done, figures, elapsed));
        } else if (tenth > shownTenth) {
            shownTenth = tenth;
            terminal.out().println(counter(done) + "  " + figures + "  " + times(done, elapsed));
        }
    }

    /** Excludes the steps of an earlier attempt from the estimate of the remaining time. */
    public void skipped(int steps) {
        skipped = steps;
    }

    /** Prints a separate line; the progress continues below it. */
    public void print(String text) {
        end();
        terminal.out().println(text);
    }

    /** Ends the line, so that other output can follow below it. */
    public void end() {
        if (terminal.interactive() && shownLength > 0) {
            terminal.out().println();
            shownLength = 0;
        }
    }

    private String line(int done, String figures, Duration elapsed) {
        String text = counter(done) + "  " + figures + "  " + times(done, elapsed);
        // The last column stays empty: some terminals wrap when it is written.
        int room = Math.min(WIDEST_BAR, terminal.columns() - 1 - text.length() - 3);
        if (room < NARROWEST_BAR) {
            return text.substring(0, Math.min(text.length(), Math.max(0, terminal.columns() - 1)));
        }
        int filled = (int) ((long) room * done / total);
        String bar = "[" + "=".repeat(filled) + " ".repeat(room - filled) + "]";
        return counter(done) + " " + bar + "  " + figures + "  " + times(done, elapsed);
    }

    private void redraw(String line) {
        terminal.out().print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
        terminal.out().flush();
        shownLength = line.length();
    }

    private String counter(int done) {
        String all = Integer.toString(total);
        return step + " " + " ".repeat(all.length() - Integer.toString(done).length()) + done + "/" + all;
    }

    private String times(int done, Duration elapsed) {
        // Too early for an estimate.
        boolean early = (long) (done - skipped) * MIN_SHARE < total;
        if (early || done == total) {
            return Quantity.clock(elapsed);
        }
        Duration left = elapsed.multipliedBy(total - done).dividedBy(done - skipped);
        return Quantity.clock(elapsed) + ", " + Quantity.clock(left) + " left";
    }
}
