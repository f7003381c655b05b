package io.evenkeel.tools.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns; the last column is not padded. Not thread-safe. */
public final class TextTable {

    private final List<String[]> rows = new ArrayList<>();

    /** Adds a row; rows may have different numbers of cells. */
    public TextTable row(String... cells) {
        rows.add(cells.clone());
        return this;
    }

    /** Adds a row; rows may have different numbers of cells. */
    public TextTable row(List<String> cells) {
        return row(cells.toArray(String[]::new));
    }

    /** Returns the lines, indented by two and with two spaces between columns. */
    public List<String> lines() {
        List<Integer> widths = new ArrayList<>();
        for (String[] row : rows) {
            for (int c = 0; c < row.length - 1; c++) {
                while (widths.size() <= c) {
                    widths.add(0);
                }
                widths.set(c, Math.max(widths.get(c), row[c].length()));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(String[] row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < row.length; c++) {
            line.append("  ").append(row[c]);
            if (c < row.length - 1) {
                line.append(" ".repeat(widths.get(c) - row[c].length()));
            }
        }
        return line.toString();
    }
}
