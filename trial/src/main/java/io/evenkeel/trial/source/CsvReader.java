package io.evenkeel.trial.source;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated values: numbers, but for the label's column and the one that says whose a sample is, which may be texts.
 * A first line with a text in a numeric column is taken for a header.
 */
public final class CsvReader {

    private final Path file;
    private final @Nullable String labelColumn;
    private final @Nullable String groupColumn;
    private final SparseMatrixBuilder rows = new SparseMatrixBuilder();
    private final Categories labels = new Categories();
    private final Categories groups = new Categories();
    private int width = -1;
    private int label;
    private int group = -1;

    private CsvReader(Path file, @Nullable String labelColumn, @Nullable String groupColumn) {
        this.file = file;
        this.labelColumn = labelColumn;
        this.groupColumn = groupColumn;
    }

    /**
     * Reads a file.
     *
     * @param labelColumn its name in the header or its number from 1; null for the last
     * @param groupColumn likewise the column whose values say which client a sample belongs to, no feature then; null for none
     * @throws DataException if it cannot be read, a line is malformed, or there is no such column
     */
    public static Labelled read(Path file, @Nullable String labelColumn, @Nullable String groupColumn) {
        CsvReader reader = new CsvReader(file, labelColumn, groupColumn);
        try (BufferedReader lines = DataFile.lines(file)) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    reader.line(line, number);
                }
            }
        } catch (IOException e) {
            throw DataFile.unreadable(file, e);
        }
        if (reader.rows.rows() == 0) {
            throw new DataException(file + ": holds no samples");
        }
        int features = reader.width - (reader.group < 0 ? 1 : 2);
        return new Labelled(
                reader.rows.build(features), reader.labels.numbers(), reader.group < 0 ? null : reader.groups.groups());
    }

    private void line(String line, long number) {
        List<String> cells;
        try {
            cells = CsvLine.cells(line, ',');
        } catch (IllegalArgumentException e) {
            throw DataException.at(file, number, Objects.requireNonNull(e.getMessage()));
        }
        if (width < 0) {
            width = cells.size();
            if (begin(cells, number)) {
                return;
            }
        }
        if (cells.size() != width) {
            throw DataException.at(file, number, cells.size() + " cells, expected " + width + " as in the first line");
        }
        sample(cells, number);
    }

    /** Finds the columns, and tells whether the first line is a header. */
    private boolean begin(List<String> cells, long number) {
        boolean header = cells.stream().noneMatch(CsvReader::isNumber);
        List<String> names = header ? cells : List.of();
        label = labelColumn == null ? width - 1 : column(labelColumn, names, number, "label");
        group = groupColumn == null ? -1 : column(groupColumn, names, number, "split");
        if (group == label) {
            throw new DataException(file + ": column '" + groupColumn + "' is both label and split: name two columns");
        }
        if (width < (group < 0 ? 2 : 3)) {
            throw DataException.at(file, number, "has " + width + " cells: expected features beside the label");
        }
        return header;
    }

    private int column(String wanted, List<String> names, long number, String what) {
        int named = names.indexOf(wanted);
        if (named >= 0) {
            return named;
        }
        try {
            int place = Integer.parseInt(wanted);
            if (place >= 1 && place <= width) {
                return place - 1;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers out of range.
        }
        throw DataException.at(
                file,
                number,
                "there is no " + what + " column '" + wanted + "': expected a number from 1 to " + width
                        + (names.isEmpty() ? "" : " or one of " + String.join(", ", names)));
    }

    private void sample(List<String> cells, long number) {
        int feature = 0;
        for (int c = 0; c < width; c++) {
            String cell = cells.get(c);
            if (c == label || c == group) {
                if (cell.isEmpty()) {
                    throw DataException.at(file, number, "column " + (c + 1) + " is empty: every sample needs one");
                }
                (c == label ? labels : groups).add(cell);
            } else if (isNumber(cell)) {
                rows.add(feature++, Double.parseDouble(cell));
            } else {
                throw DataException.at(
                        file,
                        number,
                        "column " + (c + 1) + " is '" + cell
                                + "': expected a finite number; turn categories into columns of 0 and 1 first");
            }
        }
        rows.endRow();
    }

    private static boolean isNumber(String cell) {
        try {
            return Double.isFinite(Double.parseDouble(cell));
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
