package io.evenkeel.operator.terminal;

import java.time.Duration;

/**
 * How far something has come: on a terminal one line that is redrawn, elsewhere a line for about every tenth. Not thread-safe.
 */
public final class ProgressLine {

    private static final int WIDEST_BAR = 40;
    private static final int NARROWEST_BAR = 8;
    private static final int LEAST_SHARE = 100;

    private final Terminal terminal;
    private final String step;
    private final int total;
    private int skipped;
    private int shownTenth = -1;
    private int shownLength;

    /** Follows {@code total} rounds, at least 1. */
    public ProgressLine(Terminal terminal, int total) {
        this(terminal, "round", total);
    }

    /**
     * Follows steps of some kind.
     *
     * @param step what one of them is, such as {@code round}
     * @param total how many there are, at least 1
     */
    public ProgressLine(Terminal terminal, String step, int total) {
        this.terminal = terminal;
        this.step = step;
        this.total = total;
    }

    /**
     * Shows how far it is.
     *
     * @param done steps done, 0 to total
     * @param figures what else to say, cut where the terminal ends
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

    /** Tells that so many of the steps done were done earlier and took no time now, so that what is left is estimated from the others. */
    public void skipped(int steps) {
        skipped = steps;
    }

    /** Prints a line of its own; the progress goes on below it. */
    public void print(String text) {
        end();
        terminal.out().println(text);
    }

    /** Leaves the line as it is, for others to write below it. */
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
        // So little says nothing of how fast it will go.
        boolean early = (long) (done - skipped) * LEAST_SHARE < total;
        if (early || done == total) {
            return Quantity.clock(elapsed);
        }
        Duration left = elapsed.multipliedBy(total - done).dividedBy(done - skipped);
        return Quantity.clock(elapsed) + ", " + Quantity.clock(left) + " left";
    }
}
