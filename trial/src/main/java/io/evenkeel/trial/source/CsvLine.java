package io.evenkeel.trial.source;

import java.util.ArrayList;
import java.util.List;

/** Cells of a line of comma-separated values, quoted or not (RFC 4180, but no line breaks within quotes). */
final class CsvLine {

    private CsvLine() {}

    /**
     * Returns the cells, with blanks around them taken off.
     *
     * @throws IllegalArgumentException if a quote is not closed
     */
    static List<String> cells(String line, char separator) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                cell.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote is opened and not closed");
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
