package io.evenkeel.operator.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Where text is written to.
 *
 * @param out the stream
 * @param interactive whether somebody looks at it while it is written, so that a line can be redrawn
 * @param columns its width
 */
public record Terminal(PrintStream out, boolean interactive, int columns) {

    private static final int NARROWEST = 20;

    /** Describes this process's standard output. */
    public static Terminal standard() {
        boolean interactive = isInteractive();
        return new Terminal(
                System.out, interactive, interactive ? TerminalSize.ask().columns() : TerminalSize.USUAL.columns());
    }

    /**
     * Breaks a text between words into lines no longer than the terminal's, where somebody looks at it; elsewhere it stays one line.
     *
     * @param indent what lines after the first begin with
     */
    public List<String> paragraph(String text, String indent) {
        if (!interactive || text.length() < columns || columns < NARROWEST) {
            return List.of(text);
        }
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() >= columns) {
            int end = rest.lastIndexOf(' ', columns - 1);
            if (end <= indent.length()) {
                break;
            }
            lines.add(rest.substring(0, end));
            rest = indent + rest.substring(end + 1);
        }
        lines.add(rest);
        return lines;
    }

    // From JDK 22 on there is always a console, and a method to ask it whether it is a terminal.
    @SuppressWarnings("SystemConsoleNull") // Null still says something up to JDK 21; the newer method is asked below.
    private static boolean isInteractive() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
