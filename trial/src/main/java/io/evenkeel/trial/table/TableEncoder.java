package io.evenkeel.trial.table;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Converts rows to samples one by one; keeps only a row's sparse features, its label and its client. */
final class TableEncoder {

    /** A column of features and its encoder. */
    private record Encoded(Column column, ColumnEncoder encoder, int firstFeature) {}

    private final List<Encoded> features;
    private final int width;
    private final Column label;
    private final Map<String, Integer> classes;
    private final @Nullable Column client;
    private final Map<String, Integer> clients;

    private TableEncoder(CsvFile file, List<Encoded> features, int width, Column label, @Nullable Column client) {
        this.features = features;
        this.width = width;
        this.label = label;
        this.classes = label.profile().isNumeric() ? Map.of() : ValueCodes.alphabetical(label.profile());
        this.client = client;
        this.clients = client == null ? Map.of() : ValueCodes.ordered(client.profile(), file.hasDecimalCommas());
    }

    static TableEncoder of(CsvFile file, List<Column> columns) {
        Map<Integer, Double> medians = Medians.of(file, columns);
        List<Encoded> features = new ArrayList<>();
        int width = 0;
        Column label = columns.get(0);
        Column client = null;
        for (Column column : columns) {
            switch (column.role()) {
                case LABEL -> label = column;
                case CLIENT -> client = column;
                case DROP -> {}
                case NUMBER, CATEGORY -> {
                    ColumnEncoder encoder = encoder(column, medians.getOrDefault(column.index(), 0.0));
                    features.add(new Encoded(column, encoder, width));
                    width += encoder.featureNames().size();
                }
            }
        }
        return new TableEncoder(file, features, width, label, client);
    }

    private static ColumnEncoder encoder(Column column, double median) {
        if (column.role() == Column.Role.NUMBER) {
            return new ColumnEncoder.OfNumbers(column.name(), median);
        }
        Map<String, Integer> places = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (String value : column.profile().values().keySet()) {
            places.put(value, names.size());
            names.add(column.name() + "=" + value);
        }
        boolean gaps = column.profile().missing() > 0;
        if (gaps) {
            names.add(column.name() + " missing");
        }
        return new ColumnEncoder.OfCategories(column.name(), names, places, gaps ? names.size() - 1 : -1);
    }

    List<String> featureNames() {
        return features.stream()
                .flatMap(feature -> feature.encoder().featureNames().stream())
                .toList();
    }

    /**
     * Reads a file with the encoder's columns.
     *
     * @param training whether the samples belong to clients; those of a test set do not
     * @throws DataException if it is malformed, lacks a column, or has an unknown label
     */
    Labelled encode(CsvFile file, boolean training) {
        Collector collector = new Collector(file, training);
        file.forEachRow(collector);
        return collector.samples();
    }

    /** Collects the samples of a file. */
    private final class Collector implements CsvFile.RowConsumer {

        private final CsvFile file;
        private final int[] places;
        private final int labelPlace;
        private final int clientPlace;
        private final SparseMatrixBuilder rows = new SparseMatrixBuilder();
        private double[] labels = new double[1024];
        private int[] groups = new int[1024];

        Collector(CsvFile file, boolean training) {
            this.file = file;
            this.places = features.stream().mapToInt(f -> place(f.column())).toArray();
            this.labelPlace = place(label);
            this.clientPlace = client == null || !training ? -1 : place(client);
        }

        /**
         * Returns the index of a column in this file: by its name if there is a header, else as in the original file.
         */
        private int place(Column column) {
            int place = file.hasHeader() ? file.names().indexOf(column.name()) : column.index();
            if (place < 0 || place >= file.names().size()) {
                throw new DataException(file.path() + ": has no column '" + column.name()
                        + "', which the training file has: give files with the same columns");
            }
            return place;
        }

        @Override
        public void accept(long line, CsvRecord row) {
            String cell = row.getField(labelPlace);
            if (Cells.isMissingLabel(cell)) {
                return;
            }
            int sample = rows.rows();
            if (sample == labels.length) {
                labels = Arrays.copyOf(labels, sample + sample / 2);
                groups = Arrays.copyOf(groups, labels.length);
            }
            ColumnEncoder.Place place = new ColumnEncoder.Place(file, line);
            labels[sample] = labelOf(cell, place);
            groups[sample] = clientPlace < 0 ? 0 : clients.getOrDefault(row.getField(clientPlace), 0);
            for (int f = 0; f < places.length; f++) {
                Encoded feature = features.get(f);
                feature.encoder().encode(row.getField(places[f]), feature.firstFeature(), rows, place);
            }
            rows.endRow();
        }

        private double labelOf(String cell, ColumnEncoder.Place place) {
            if (classes.isEmpty()) {
                double number = Cells.number(cell, file.hasDecimalCommas());
                if (Double.isNaN(number)) {
                    throw place.error("the label '" + label.name() + "' is '" + cell + "': expected a finite number");
                }
                return number;
            }
            Integer code = classes.get(cell);
            if (code == null) {
                throw place.error("the label '" + label.name() + "' is '" + cell
                        + "', which no training sample has: give files that belong together");
            }
            return code;
        }

        Labelled samples() {
            int count = rows.rows();
            if (count == 0) {
                throw new DataException(file.path() + ": contains no samples with a label");
            }
            return new Labelled(
                    rows.build(width),
                    Arrays.copyOf(labels, count),
                    clientPlace < 0 ? null : Arrays.copyOf(groups, count));
        }
    }

    /** Numbers the values of a label or client column. */
    private static final class ValueCodes {

        private ValueCodes() {}

        /** Returns the index of each text in alphabetical order, from 0. */
        static Map<String, Integer> alphabetical(ColumnProfile profile) {
            Map<String, Integer> codes = new HashMap<>();
            for (String text : profile.values().keySet()) {
                codes.put(text, codes.size());
            }
            return codes;
        }

        /** Returns the index of each value from 0: in numeric order if all are numbers, else in alphabetical order. */
        static Map<String, Integer> ordered(ColumnProfile profile, boolean decimalComma) {
            if (!profile.isNumeric()) {
                return alphabetical(profile);
            }
            TreeSet<Double> numbers = new TreeSet<>();
            profile.values().keySet().forEach(text -> numbers.add(Cells.number(text, decimalComma)));
            Map<Double, Integer> places = new HashMap<>();
            numbers.forEach(number -> places.put(number, places.size()));
            Map<String, Integer> codes = new HashMap<>();
            for (String text : profile.values().keySet()) {
                codes.put(text, places.getOrDefault(Cells.number(text, decimalComma), 0));
            }
            return codes;
        }
    }
}
