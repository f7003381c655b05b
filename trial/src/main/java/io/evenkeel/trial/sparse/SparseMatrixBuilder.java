package io.evenkeel.trial.sparse;

import java.util.Arrays;

/**
 * Collects the rows of a matrix. Stores values as float64, or more compactly if that is lossless: as float32, or not at
 * all if every entry is 1. Not thread-safe.
 */
public final class SparseMatrixBuilder {

    private int[] starts = new int[1024];
    private int[] columnOf = new int[8192];
    private float[] floats = new float[8192];
    private double[] doubles = new double[0];
    private boolean exactInFloats = true;
    private boolean ones = true;
    private int rows;
    private int entries;
    private int columns;

    /**
     * Adds an entry to the current row; zeros are omitted.
     *
     * @param column at least 0, and above that of the previous entry in the row
     * @throws IllegalArgumentException if it is not
     * @throws IllegalStateException if there are more entries than fit into an array
     */
    public void add(int column, double value) {
        boolean first = entries == starts[rows];
        if (column < 0 || (!first && column <= columnOf[entries - 1])) {
            throw new IllegalArgumentException("column " + column
                    + (first ? " is negative" : " comes after column " + columnOf[entries - 1])
                    + ": columns of a row ascend");
        }
        columns = Math.max(columns, column + 1);
        if (value == 0) {
            return;
        }
        reserve();
        columnOf[entries] = column;
        put(value);
        ones &= value == 1;
        entries++;
    }

    private void put(double value) {
        if (exactInFloats && (float) value != value) {
            exactInFloats = false;
            doubles = new double[columnOf.length];
            for (int e = 0; e < entries; e++) {
                doubles[e] = floats[e];
            }
            floats = new float[0];
        }
        if (exactInFloats) {
            floats[entries] = (float) value;
        } else {
            doubles[entries] = value;
        }
    }

    private void reserve() {
        if (entries < columnOf.length) {
            return;
        }
        int capacity = grown(entries);
        columnOf = Arrays.copyOf(columnOf, capacity);
        if (exactInFloats) {
            floats = Arrays.copyOf(floats, capacity);
        } else {
            doubles = Arrays.copyOf(doubles, capacity);
        }
    }

    private static int grown(int size) {
        int most = Integer.MAX_VALUE - 8;
        if (size >= most) {
            throw new IllegalStateException("the data has more than " + most + " entries: use a part of it");
        }
        return (int) Math.min(most, size + (size >> 1) + 16L);
    }

    /** Ends a row, which may be empty. */
    public void endRow() {
        rows++;
        if (rows == starts.length) {
            starts = Arrays.copyOf(starts, grown(rows));
        }
        starts[rows] = entries;
    }

    /** Returns the number of completed rows. */
    public int rows() {
        return rows;
    }

    /** Returns one more than the largest column so far. */
    public int columns() {
        return columns;
    }

    /**
     * Builds the matrix of the completed rows.
     *
     * @param width its number of columns, at least {@link #columns()}
     */
    public SparseMatrix build(int width) {
        if (width < columns) {
            throw new IllegalArgumentException("the data has " + columns + " columns, expected at most " + width);
        }
        return new SparseMatrix(
                width,
                Arrays.copyOf(starts, rows + 1),
                Arrays.copyOf(columnOf, entries),
                !ones && exactInFloats ? Arrays.copyOf(floats, entries) : null,
                !ones && !exactInFloats ? Arrays.copyOf(doubles, entries) : null);
    }
}
