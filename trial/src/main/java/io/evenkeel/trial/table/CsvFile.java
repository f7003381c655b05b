package io.evenkeel.trial.table;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.reader.FieldModifiers;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.source.DataFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * A CSV file whose separator and header are detected from its first records: commas, semicolons, tabs or
 * vertical bars; quotes as in RFC 4180; UTF-8, or the encoding of a byte order mark. Each read streams
 * through the file. Immutable.
 */
final class CsvFile {

    private static final int SAMPLED = 200;

    private final Path path;
    private final char separator;
    private final boolean header;
    private final List<String> names;

    private CsvFile(Path path, char separator, boolean header, List<String> names) {
        this.path = path;
        this.separator = separator;
        this.header = header;
        this.names = names;
    }

    /** Receives a row; lines are counted from 1. */
    @FunctionalInterface
    interface RowConsumer {
        void accept(long line, CsvRecord row);
    }

    /**
     * Inspects the first records.
     *
     * @throws DataException if the file cannot be read, or has fewer than two columns
     */
    static CsvFile open(Path path) {
        char separator = Separators.detect(candidate -> sample(path, candidate));
        List<CsvRecord> sample = new ArrayList<>();
        read(path, separator, row -> {
            sample.add(row);
            return sample.size() < SAMPLED;
        });
        if (sample.isEmpty()) {
            throw new DataException(path + ": contains no samples");
        }
        CsvRecord first = sample.get(0);
        if (first.getFieldCount() < 2) {
            throw DataException.at(
                    path,
                    first.getStartingLineNumber(),
                    "has 1 cell: expected a label and features, separated by commas, semicolons, tabs or bars");
        }
        boolean header = Headers.isHeader(sample, separator == ';');
        List<String> names = Headers.names(first, header);
        return new CsvFile(path, separator, header, names);
    }

    /** Returns the first records, split with a separator; fewer if the separator does not suit the file. */
    private static List<CsvRecord> sample(Path path, char separator) {
        List<CsvRecord> sample = new ArrayList<>();
        try {
            read(path, separator, row -> {
                sample.add(row);
                return sample.size() < SAMPLED;
            });
        } catch (DataException e) {
            if (e.getCause() instanceof IOException) {
                throw e;
            }
        }
        return sample;
    }

    /** Returns the columns' names, from the header or by their numbers from 1. */
    List<String> names() {
        return names;
    }

    Path path() {
        return path;
    }

    boolean hasHeader() {
        return header;
    }

    char separator() {
        return separator;
    }

    /**
     * Returns whether numbers may have a decimal comma, as is common in files that are separated by
     * semicolons.
     */
    boolean hasDecimalCommas() {
        return separator == ';';
    }

    /**
     * Reads all rows after the header.
     *
     * @throws DataException if the file cannot be read or a row is malformed; the message names the line
     */
    void forEachRow(RowConsumer consumer) {
        boolean[] first = {header};
        read(path, separator, row -> {
            if (first[0]) {
                first[0] = false;
                return true;
            }
            long line = row.getStartingLineNumber();
            if (row.getFieldCount() != names.size()) {
                throw DataException.at(
                        path,
                        line,
                        row.getFieldCount() + " cells, expected " + names.size()
                                + " as in the first line: quote cells that contain the separator");
            }
            consumer.accept(line, row);
            return true;
        });
    }

    /** Processes a record; returns whether to continue. */
    @FunctionalInterface
    private interface RecordHandler {
        boolean accept(CsvRecord row);
    }

    private static void read(Path path, char separator, RecordHandler handler) {
        CsvRecordHandler trimming =
                CsvRecordHandler.builder().fieldModifier(FieldModifiers.STRIP).build();
        long[] line = {0};
        try (CsvReader<CsvRecord> rows = CsvReader.builder()
                .fieldSeparator(separator)
                .detectBomHeader(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .trimWhitespacesAroundQuotes(true)
                .build(trimming, DataFile.open(path), StandardCharsets.UTF_8)) {
            for (CsvRecord row : rows) {
                line[0] = row.getStartingLineNumber();
                boolean blank = row.getFieldCount() == 1 && row.getField(0).isEmpty();
                if (!blank && !handler.accept(row)) {
                    return;
                }
            }
        } catch (CsvParseException e) {
            throw new DataException(
                    path + ":" + (line[0] + 1) + ": a quote is opened and not closed, or text follows a closing quote: "
                            + "double quotes within quoted cells (\"\")",
                    e);
        } catch (UncheckedIOException e) {
            throw DataFile.unreadable(path, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw DataFile.unreadable(path, e);
        }
    }

    /**
     * Finds the separator of a file: the one that splits its first records into the most cells, with the same number of
     * cells in each.
     */
    private static final class Separators {

        private static final char[] CANDIDATES = {',', ';', '\t', '|'};

        private Separators() {}

        /**
         * Returns the best separator, or a comma if none splits anything.
         *
         * @param sample returns the first records, split with a separator
         */
        static char detect(Function<Character, List<CsvRecord>> sample) {
            char best = ',';
            int widest = 0;
            boolean regular = false;
            for (char candidate : CANDIDATES) {
                List<CsvRecord> records = sample.apply(candidate);
                int width = records.isEmpty() ? 0 : records.get(0).getFieldCount();
                boolean even = width > 1 && records.stream().allMatch(record -> record.getFieldCount() == width);
                if (even == regular ? width > widest : even) {
                    best = candidate;
                    widest = width;
                    regular = even;
                }
            }
            return best;
        }
    }
}
