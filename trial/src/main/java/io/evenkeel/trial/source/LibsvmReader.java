package io.evenkeel.trial.source;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads LIBSVM's format: one sample per line, {@code label index:value index:value ...}, with ascending indices from 1.
 * Omitted values are 0; {@code #} starts a comment.
 */
public final class LibsvmReader {

    private final Path file;
    private final SparseMatrixBuilder rows = new SparseMatrixBuilder();
    private double[] labels = new double[1024];

    private LibsvmReader(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param features the number of features, or 0 for the largest index that occurs
     * @throws DataException if it cannot be read, or a line is malformed
     */
    public static Labelled read(Path file, int features) {
        LibsvmReader reader = new LibsvmReader(file);
        try (BufferedReader lines = DataFile.lines(file)) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                reader.line(line, number, features);
            }
        } catch (IOException e) {
            throw DataFile.unreadable(file, e);
        }
        if (reader.rows.rows() == 0) {
            throw new DataException(file + ": contains no samples");
        }
        int width = features == 0 ? Math.max(1, reader.rows.columns()) : features;
        return new Labelled(reader.rows.build(width), Arrays.copyOf(reader.labels, reader.rows.rows()), null);
    }

    private void line(String line, long number, int features) {
        int comment = line.indexOf('#');
        int end = comment < 0 ? line.length() : comment;
        int at = skipBlanks(line, 0, end);
        if (at == end) {
            return;
        }
        int row = rows.rows();
        if (row == labels.length) {
            labels = Arrays.copyOf(labels, row + (row >> 1));
        }
        int tokenEnd = tokenEnd(line, at, end);
        labels[row] = number(line, at, tokenEnd, number, "label");
        int previous = 0;
        for (at = skipBlanks(line, tokenEnd, end); at < end; at = skipBlanks(line, tokenEnd, end)) {
            tokenEnd = tokenEnd(line, at, end);
            previous = entry(line, at, tokenEnd, number, previous, features);
        }
        rows.endRow();
    }

    private int entry(String line, int from, int to, long number, int previous, int features) {
        int colon = line.indexOf(':', from);
        if (colon < 0 || colon >= to) {
            throw DataException.at(
                    file, number, "'" + line.substring(from, to) + "' is not an entry: expected index:value");
        }
        int index = index(line, from, colon, number);
        if (index <= previous) {
            throw DataException.at(
                    file, number, "index " + index + " after " + previous + ": indices ascend, starting from 1");
        }
        if (features > 0 && index > features) {
            throw DataException.at(file, number, "index " + index + " exceeds the number of features, " + features);
        }
        rows.add(index - 1, number(line, colon + 1, to, number, "value of index " + index));
        return index;
    }

    private int index(String line, int from, int to, long number) {
        try {
            return Integer.parseInt(line, from, to, 10);
        } catch (NumberFormatException e) {
            throw DataException.at(
                    file, number, "'" + line.substring(from, to) + "' is not an index: expected an integer from 1");
        }
    }

    private double number(String line, int from, int to, long number, String what) {
        String text = line.substring(from, to);
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, together with infinities.
        }
        throw DataException.at(file, number, "the " + what + " is '" + text + "': expected a finite number");
    }

    private static int skipBlanks(String line, int from, int end) {
        int at = from;
        while (at < end && line.charAt(at) <= ' ') {
            at++;
        }
        return at;
    }

    private static int tokenEnd(String line, int from, int end) {
        int at = from;
        while (at < end && line.charAt(at) > ' ') {
            at++;
        }
        return at;
    }
}
