package io.evenkeel.trial.table;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.sparse.Labelled;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A CSV file with the roles of its columns, determined in one pass. A numeric column becomes one feature, with its
 * median for missing values. Each value of a category, including missing, becomes a feature of 0 and 1. Rows without a
 * label are omitted.
 */
public final class Table {

    private final CsvFile file;
    private final List<Column> columns;
    private final Column label;
    private final long rows;

    private Table(CsvFile file, List<Column> columns, Column label, long rows) {
        this.file = file;
        this.columns = columns;
        this.label = label;
        this.rows = rows;
    }

    /**
     * Reads a file and chooses the roles of its columns.
     *
     * @throws DataException if it cannot be read, is malformed, or
     *     contradicts the user's choices; the message has line and column
     */
    public static Table open(Path path, TableChoices choices) {
        CsvFile file = CsvFile.open(path);
        ColumnRoles roles = new ColumnRoles(file, choices);
        List<ColumnProfile> profiles = new ArrayList<>();
        for (int column = 0; column < file.names().size(); column++) {
            profiles.add(
                    new ColumnProfile(file.names().get(column), roles.mostValues(column), file.hasDecimalCommas()));
        }
        long[] rows = {0};
        file.forEachRow((line, row) -> {
            rows[0]++;
            if (Cells.isMissingLabel(row.getField(roles.label()))) {
                profiles.get(roles.label()).addMissing();
            } else {
                profile(file, profiles, roles, line, row);
            }
        });
        List<Column> columns = new ArrayList<>();
        for (int column = 0; column < profiles.size(); column++) {
            columns.add(roles.decide(column, profiles.get(column)));
        }
        Table table = new Table(file, List.copyOf(columns), columns.get(roles.label()), rows[0]);
        table.check();
        return table;
    }

    private static void profile(
            CsvFile file, List<ColumnProfile> profiles, ColumnRoles roles, long line, CsvRecord row) {
        for (int column = 0; column < profiles.size(); column++) {
            String cell = row.getField(column);
            boolean feature = column != roles.label() && column != roles.client();
            if (feature ? Cells.isMissing(cell) : Cells.isMissingLabel(cell)) {
                if (column == roles.client()) {
                    throw DataException.at(
                            file.path(),
                            line,
                            "column '" + file.names().get(column) + "' is '" + cell
                                    + "', but it identifies the sample's client: every row needs a value");
                }
                profiles.get(column).addMissing();
            } else {
                profiles.get(column).add(cell, line);
            }
        }
    }

    private void check() {
        ColumnProfile labels = label.profile();
        if (rows == 0) {
            throw new DataException(
                    file.path() + ": contains no samples" + (file.hasHeader() ? " below its header" : ""));
        }
        if (labels.present() <= labels.missing()) {
            throw new DataException(file.path() + ": the label column '" + label.name() + "' is missing in "
                    + labels.missing() + " of " + rows + " rows: name another with --label");
        }
        if (labels.texts() > 0 && labels.hasTooManyValues()) {
            throw new DataException(file.path() + ": the label column '" + label.name() + "' has over "
                    + ColumnRoles.USUAL_CATEGORIES + " different texts, such as '" + labels.firstText()
                    + "': name another with --label");
        }
        columns.stream()
                .filter(c -> c.role() == Column.Role.CLIENT && c.profile().hasTooManyValues())
                .forEach(c -> {
                    throw new DataException(file.path() + ": column '" + c.name() + "' has over "
                            + ColumnRoles.MAX_CATEGORIES + " different values, and each is a client: split by another");
                });
        if (columns.stream().noneMatch(c -> c.role() == Column.Role.NUMBER || c.role() == Column.Role.CATEGORY)) {
            throw new DataException(file.path() + ": no column is left as a feature: "
                    + String.join("; ", TableSummary.dropped(columns)));
        }
    }

    /** Returns the name of the label's column. */
    public String label() {
        return label.name();
    }

    /** Returns the role of each feature's column, number, category or drop, in the order of the file. */
    public Map<String, String> roles() {
        Map<String, String> roles = new LinkedHashMap<>();
        for (Column column : columns) {
            if (column.role() != Column.Role.LABEL && column.role() != Column.Role.CLIENT) {
                roles.put(column.name(), column.role().text());
            }
        }
        return roles;
    }

    /**
     * Returns the loss that suits the labels: logistic for two, least-squares for measured quantities,
     * softmax for classes.
     */
    public String suitableLoss() {
        ColumnProfile labels = label.profile();
        if (!labels.hasTooManyValues() && labels.values().size() <= 2) {
            return "logistic";
        }
        boolean quantity = labels.isNumeric()
                && (!labels.isWhole()
                        || labels.hasTooManyValues()
                        || labels.values().size() > 20);
        return quantity ? "least-squares" : "softmax";
    }

    /**
     * Returns a human-readable description of the file's content and its use; lines of a table begin with two spaces.
     */
    public List<String> summary() {
        return TableSummary.of(file, columns, label, rows);
    }

    /**
     * Reads the samples.
     *
     * @throws DataException if the file cannot be read
     */
    public Samples samples() {
        TableEncoder encoder = TableEncoder.of(file, columns);
        return new Samples(encoder, encoder.encode(file, true), encoder.featureNames());
    }

    /** A table's samples, and their encoding. */
    public static final class Samples {

        private final TableEncoder encoder;
        private final Labelled data;
        private final List<String> featureNames;

        private Samples(TableEncoder encoder, Labelled data, List<String> featureNames) {
            this.encoder = encoder;
            this.data = data;
            this.featureNames = featureNames;
        }

        public Labelled data() {
            return data;
        }

        /** Returns the features' names, such as age or colour=red. */
        public List<String> featureNames() {
            return featureNames;
        }

        /**
         * Reads another file with the same columns (in any order if both have headers), and encodes its samples in the
         * same way. A category that the first file did not have sets no feature.
         *
         * @throws DataException if it cannot be read, lacks a column, or has a label that the first file did not have
         */
        public Labelled test(Path path) {
            return encoder.encode(CsvFile.open(path), false);
        }
    }
}
