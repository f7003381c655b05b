package io.evenkeel.tools.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream for text, and whether it is a terminal.
 *
 * @param out the stream
 * @param interactive whether it is a terminal, so that a line can be redrawn
 * @param columns the width
 */
public record Terminal(PrintStream out, boolean interactive, int columns) {

    private static final int NARROWEST = 20;

    /** Returns this process's standard output. */
    public static Terminal standard() {
        boolean interactive = isInteractive();
        return new Terminal(
                System.out, interactive, interactive ? TerminalSize.ask().columns() : TerminalSize.USUAL.columns());
    }

    /**
     * Wraps a text at the terminal's width; if it is not a terminal, returns one line.
     *
     * @param indent the indent of lines after the first
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

    /**
     * Prints lines as {@link #paragraph} wraps them. Indented lines, such as those of tables, are not wrapped.
     *
     * @param indent the indent of lines after the first
     */
    public void print(List<String> lines, String indent) {
        for (String line : lines) {
            (line.startsWith(" ") ? List.of(line) : paragraph(line, indent)).forEach(out::println);
        }
    }

    // Since JDK 22 there is always a console; its method isTerminal returns whether it is a terminal.
    @SuppressWarnings("SystemConsoleNull") // Null is meaningful up to JDK 21; the newer method is called below.
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
