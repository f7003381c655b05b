package io.evenkeel.trial.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A matrix in compressed row format, in arrays without an object for each entry; values are omitted if every entry is
 * 1. Immutable; safe to share between threads.
 *
 * <p>Products run in ascending order of rows and columns, so they are bit-identical each time.
 */
public final class SparseMatrix {

    private final int columns;
    private final int[] starts;
    private final int[] columnOf;
    private final float @Nullable [] floats;
    private final double @Nullable [] doubles;

    SparseMatrix(int columns, int[] starts, int[] columnOf, float @Nullable [] floats, double @Nullable [] doubles) {
        this.columns = columns;
        this.starts = starts;
        this.columnOf = columnOf;
        this.floats = floats;
        this.doubles = doubles;
    }

    public int rows() {
        return starts.length - 1;
    }

    public int columns() {
        return columns;
    }

    /** Returns the number of stored entries. */
    public int entries() {
        return starts[rows()];
    }

    /** Returns the index of a row's first entry; {@code start(rows())} is the number of entries. */
    public int start(int row) {
        return starts[row];
    }

    /** Returns the column of an entry; ascending within a row. */
    public int column(int entry) {
        return columnOf[entry];
    }

    public double value(int entry) {
        return doubles != null ? doubles[entry] : floats != null ? floats[entry] : 1;
    }

    /** Returns the value in a row and column, by binary search. */
    public double at(int row, int column) {
        int entry = Arrays.binarySearch(columnOf, starts[row], starts[row + 1], column);
        return entry < 0 ? 0 : value(entry);
    }

    /** Returns the inner product of a row with {@code x}, which has one value for each column. */
    public double dot(int row, double[] x) {
        int end = starts[row + 1];
        double sum = 0;
        if (doubles != null) {
            for (int e = starts[row]; e < end; e++) {
                sum += doubles[e] * x[columnOf[e]];
            }
        } else if (floats != null) {
            for (int e = starts[row]; e < end; e++) {
                sum += floats[e] * x[columnOf[e]];
            }
        } else {
            for (int e = starts[row]; e < end; e++) {
                sum += x[columnOf[e]];
            }
        }
        return sum;
    }

    /** Adds {@code factor} times a row to {@code to}, which has one value for each column. */
    public void addRow(int row, double factor, double[] to) {
        int end = starts[row + 1];
        if (doubles != null) {
            for (int e = starts[row]; e < end; e++) {
                to[columnOf[e]] += factor * doubles[e];
            }
        } else if (floats != null) {
            for (int e = starts[row]; e < end; e++) {
                to[columnOf[e]] += factor * floats[e];
            }
        } else {
            for (int e = starts[row]; e < end; e++) {
                to[columnOf[e]] += factor;
            }
        }
    }

    /** Returns a copy with these rows in this order; rows may repeat. */
    public SparseMatrix select(int[] rows) {
        SparseMatrixBuilder builder = new SparseMatrixBuilder();
        for (int row : rows) {
            for (int e = starts[row]; e < starts[row + 1]; e++) {
                builder.add(columnOf[e], value(e));
            }
            builder.endRow();
        }
        return builder.build(columns);
    }

    /** Returns a copy with one more column, of ones: an intercept. */
    public SparseMatrix withOnes() {
        SparseMatrixBuilder builder = new SparseMatrixBuilder();
        for (int row = 0; row < rows(); row++) {
            for (int e = starts[row]; e < starts[row + 1]; e++) {
                builder.add(columnOf[e], value(e));
            }
            builder.add(columns, 1);
            builder.endRow();
        }
        return builder.build(columns + 1);
    }
}
