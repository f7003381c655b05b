package io.evenkeel.cli.output;

import io.evenkeel.cli.output.Style.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A table with headings that fits a width: optional columns are left out first, then the widest texts are truncated.
 * Not thread-safe.
 *
 * @param <T> the type of a row
 */
public final class ListTable<T> {

    private static final int GAP = 2;
    private static final int NARROWEST = 6;

    private final TextLayout page;
    private final List<Column<T>> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private record Column<T>(
            String title,
            boolean right,
            boolean optional,
            Function<String, Tone> tone,
            Function<? super T, String> cell) {}

    /** Creates a table without columns. */
    public ListTable(TextLayout page) {
        this.page = page;
    }

    public ListTable<T> text(String title, Function<? super T, String> cell) {
        return add(new Column<>(title, false, false, text -> Tone.NORMAL, cell));
    }

    /** Adds a column of texts that is left out if the table is too wide; the last such column is dropped first. */
    public ListTable<T> optional(String title, Function<? super T, String> cell) {
        return add(new Column<>(title, false, true, text -> Tone.NORMAL, cell));
    }

    public ListTable<T> number(String title, Function<? super T, String> cell) {
        return add(new Column<>(title, true, false, text -> Tone.NORMAL, cell));
    }

    /** Adds a column of numbers that is left out if the table is too wide. */
    public ListTable<T> optionalNumber(String title, Function<? super T, String> cell) {
        return add(new Column<>(title, true, true, text -> Tone.NORMAL, cell));
    }

    /** Adds a column of states, in their colours. */
    public ListTable<T> state(String title, Function<? super T, String> cell) {
        return add(new Column<>(title, false, false, Tone::ofState, cell));
    }

    private ListTable<T> add(Column<T> column) {
        columns.add(column);
        return this;
    }

    /** Returns the heading and the rows. */
    public List<String> lines(Iterable<? extends T> content) {
        content.forEach(item -> rows.add(columns.stream()
                .map(column -> TerminalText.printable(column.cell().apply(item)))
                .toList()));
        List<Integer> shown = new ArrayList<>();
        for (int c = 0; c < columns.size(); c++) {
            shown.add(c);
        }
        int[] widths = widths();
        dropOptional(shown, widths);
        cutWidest(shown, widths);
        List<String> lines = new ArrayList<>();
        List<String> titles = columns.stream().map(column -> column.title()).toList();
        lines.add(page.style().paint(Tone.FAINT, line(shown, widths, titles, false)));
        rows.forEach(row -> lines.add(line(shown, widths, row, true)));
        return lines;
    }

    private int[] widths() {
        int[] widths = new int[columns.size()];
        for (int c = 0; c < widths.length; c++) {
            int column = c;
            widths[c] = Math.max(
                    columns.get(c).title().length(),
                    rows.stream()
                            .mapToInt(row -> TerminalText.width(row.get(column)))
                            .max()
                            .orElse(0));
        }
        return widths;
    }

    private void dropOptional(List<Integer> shown, int[] widths) {
        for (int c = columns.size() - 1; c >= 0 && excess(shown, widths) > 0; c--) {
            if (columns.get(c).optional()) {
                shown.remove(Integer.valueOf(c));
            }
        }
    }

    private void cutWidest(List<Integer> shown, int[] widths) {
        int excess = excess(shown, widths);
        while (excess > 0) {
            int widest = shown.get(0);
            for (int c : shown) {
                widest = widths[c] > widths[widest] ? c : widest;
            }
            if (widths[widest] <= NARROWEST) {
                return;
            }
            widths[widest]--;
            excess--;
        }
    }

    private int excess(List<Integer> shown, int[] widths) {
        long all = shown.stream().mapToLong(c -> widths[c] + GAP).sum() - GAP;
        return (int) Math.max(0, all - page.columns());
    }

    private String line(List<Integer> shown, int[] widths, List<String> cells, boolean coloured) {
        StringBuilder line = new StringBuilder();
        for (int c : shown) {
            Column<T> column = columns.get(c);
            boolean last = c == shown.get(shown.size() - 1);
            String cell = TerminalText.cut(cells.get(c), widths[c]);
            String filled = last && !column.right() ? cell : TerminalText.pad(cell, widths[c], column.right());
            Tone tone = coloured ? column.tone().apply(cells.get(c)) : Tone.NORMAL;
            // Colours only the text, not the padding.
            line.append(filled.replace(cell, cell.isEmpty() ? "" : page.style().paint(tone, cell)));
            line.append(last ? "" : " ".repeat(GAP));
        }
        return line.toString().stripTrailing();
    }
}
