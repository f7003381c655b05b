package io.evenkeel.cli.runs.watch;

import io.evenkeel.tools.terminal.ShutdownSequence;
import java.io.PrintWriter;
import java.util.List;

/**
 * Draws screens in the terminal's alternate buffer, and restores the terminal at the end, even after Ctrl-C. Not
 * thread-safe.
 */
final class LiveDisplay implements AutoCloseable {

    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintWriter out;
    private final Runnable leave = this::leave;

    LiveDisplay(PrintWriter out) {
        this.out = out;
        ShutdownSequence.add(leave);
        out.print(ENTER);
        out.flush();
    }

    /** Draws a screen; lines beyond the last row are dropped. */
    void draw(List<String> lines, int rows) {
        StringBuilder frame = new StringBuilder(HOME);
        List<String> shown = lines.subList(0, Math.min(lines.size(), rows));
        frame.append(String.join(CLEAR_LINE + "\n", shown)).append(CLEAR_LINE).append(CLEAR_BELOW);
        out.print(frame);
        out.flush();
    }

    @Override
    public void close() {
        if (ShutdownSequence.remove(leave)) {
            leave();
        }
    }

    private void leave() {
        out.print(LEAVE);
        out.flush();
    }
}
