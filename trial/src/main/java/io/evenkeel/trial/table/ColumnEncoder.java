package io.evenkeel.trial.table;

import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import java.util.List;
import java.util.Map;

/** Converts the cells of a column to features. */
sealed interface ColumnEncoder {

    List<String> featureNames();

    /**
     * Adds a cell's features to the current row.
     *
     * @param first the index of the column's first feature
     * @param place file and line, for errors
     */
    void encode(String cell, int first, SparseMatrixBuilder row, Place place);

    /** The position of a cell. */
    record Place(CsvFile file, long line) {

        DataException error(String what) {
            return DataException.at(file.path(), line, what);
        }
    }

    /**
     * One number for each cell.
     *
     * @param median the replacement for missing numbers
     */
    record OfNumbers(String name, double median) implements ColumnEncoder {

        @Override
        public List<String> featureNames() {
            return List.of(name);
        }

        @Override
        public void encode(String cell, int first, SparseMatrixBuilder row, Place place) {
            if (Cells.isMissing(cell)) {
                row.add(first, median);
                return;
            }
            double value = Cells.number(cell, place.file().hasDecimalCommas());
            if (Double.isNaN(value)) {
                throw place.error("column '" + name + "' is '" + cell + "': expected a finite number");
            }
            row.add(first, value);
        }
    }

    /**
     * A feature of 0 and 1 for each category.
     *
     * @param missing the index of the feature for missing values, -1 if there were none
     */
    record OfCategories(String name, List<String> featureNames, Map<String, Integer> places, int missing)
            implements ColumnEncoder {

        @Override
        public void encode(String cell, int first, SparseMatrixBuilder row, Place place) {
            int feature = Cells.isMissing(cell) ? missing : places.getOrDefault(cell, -1);
            if (feature >= 0) {
                row.add(first + feature, 1);
            }
        }
    }
}
