package io.evenkeel.tools.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The size of the terminal that the process was started from.
 *
 * @param columns its width
 * @param rows its height
 */
public record TerminalSize(int columns, int rows) {

    /** The default size, if the terminal does not report its own. */
    public static final TerminalSize USUAL = new TerminalSize(80, 24);

    private static final long TIMEOUT_SECONDS = 2;

    /** Queries the system's {@code stty}; each call starts a process. */
    public static TerminalSize ask() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(Redirect.INHERIT)
                    .redirectError(Redirect.DISCARD)
                    .start();
            if (stty.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                try (InputStream answer = stty.getInputStream()) {
                    return parse(new String(answer.readAllBytes(), StandardCharsets.US_ASCII));
                }
            }
            stty.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        }
        return USUAL;
    }

    /** Reads rows and columns, as in {@code 24 80}. */
    static TerminalSize parse(String answer) {
        String[] size = answer.trim().split(" ", -1);
        if (size.length != 2) {
            return USUAL;
        }
        int rows = Integer.parseInt(size[0]);
        int columns = Integer.parseInt(size[1]);
        return rows > 0 && columns > 0 ? new TerminalSize(columns, rows) : USUAL;
    }
}
