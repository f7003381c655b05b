package io.evenkeel.cli.output;

import io.evenkeel.cli.output.Style.Tone;
import java.util.ArrayList;
import java.util.List;

/** Names and values in two aligned columns; names without a value are left out. Not thread-safe. */
public final class Properties {

    private final List<String[]> rows = new ArrayList<>();

    /** Adds a line, unless the value is empty. */
    public Properties add(String name, String value) {
        if (!value.isEmpty()) {
            rows.add(new String[] {name, TerminalText.printable(value)});
        }
        return this;
    }

    /** Returns the lines, indented by two; long values are wrapped at the width. */
    public List<String> lines(TextLayout page) {
        int indent = 4 + rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        List<String> lines = new ArrayList<>();
        for (String[] row : rows) {
            String name = page.style().paint(Tone.FAINT, TerminalText.pad("  " + row[0], indent, false));
            for (String part : wrap(row[1], page.columns() - 1 - indent)) {
                lines.add(name + part);
                name = " ".repeat(indent);
            }
        }
        return lines;
    }

    private static List<String> wrap(String value, int columns) {
        List<String> parts = new ArrayList<>();
        String rest = value;
        while (rest.length() > columns && columns > 0) {
            int end = rest.lastIndexOf(' ', columns);
            if (end <= 0) {
                break;
            }
            parts.add(rest.substring(0, end));
            rest = rest.substring(end + 1);
        }
        parts.add(rest);
        return parts;
    }
}
