package io.evenkeel.trial.prepare;

import io.evenkeel.trial.sparse.SparseMatrix;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import io.evenkeel.trial.split.Shards;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scales features to comparable sizes, with statistics over the training samples of all clients.
 *
 * <ul>
 *   <li>A column of 0 and 1 is unchanged.
 *   <li>A column that is nonzero in at least half of the samples gets mean 0 and variance 1.
 *   <li>A sparse column, or one with a single value, keeps its zeros: the mean square of its other entries becomes 1.
 * </ul>
 *
 * <p>Results are rounded to float32, which halves their memory. Immutable.
 */
public final class Standardizer {

    private static final double UNEVEN = 10;

    private final ColumnStatistics statistics;
    private final double[] shift;
    private final double[] scale;
    private final int[] centered;

    private Standardizer(ColumnStatistics statistics) {
        this.statistics = statistics;
        this.shift = new double[statistics.mean.length];
        this.scale = new double[shift.length];
        Arrays.setAll(scale, this::scaleOf);
        this.centered =
                IntStream.range(0, shift.length).filter(this::isCentered).toArray();
        for (int column : centered) {
            shift[column] = statistics.mean[column];
        }
    }

    /** Computes the statistics of the columns over the samples of the shards. */
    public static Standardizer fit(SparseMatrix rows, Shards training) {
        return new Standardizer(ColumnStatistics.of(rows, training));
    }

    private boolean isCentered(int column) {
        return !statistics.indicator[column] && statistics.isDense(column) && statistics.varies(column);
    }

    private double scaleOf(int column) {
        if (statistics.indicator[column]) {
            return 1;
        }
        double square = isCentered(column) ? statistics.variance[column] : statistics.meanSquare[column];
        return square > 0 ? 1 / Math.sqrt(square) : 1;
    }

    /**
     * Returns standardized rows, which may differ from the rows of the statistics.
     *
     * @throws IllegalArgumentException if a column's values are too large for their squares to be numbers
     */
    public SparseMatrix apply(SparseMatrix rows) {
        for (int column = 0; column < rows.columns(); column++) {
            if (!Double.isFinite(statistics.meanSquare[column])) {
                throw new IllegalArgumentException("feature " + (column + 1)
                        + " has values whose squares exceed the range of numbers: scale it, or leave it out");
            }
        }
        if (centered() + scaled() == 0) {
            return rows;
        }
        SparseMatrixBuilder builder = new SparseMatrixBuilder();
        for (int row = 0; row < rows.rows(); row++) {
            int next = 0;
            for (int e = rows.start(row); e < rows.start(row + 1); e++) {
                int column = rows.column(e);
                next = addZerosBefore(column, next, builder);
                builder.add(column, rounded((rows.value(e) - shift[column]) * scale[column]));
            }
            addZerosBefore(rows.columns(), next, builder);
            builder.endRow();
        }
        return builder.build(rows.columns());
    }

    /** Adds the values of zeros in centered columns; returns the index in {@code centered} after the column. */
    private int addZerosBefore(int column, int from, SparseMatrixBuilder builder) {
        int at = from;
        for (; at < centered.length && centered[at] < column; at++) {
            builder.add(centered[at], rounded(-shift[centered[at]] * scale[centered[at]]));
        }
        return at < centered.length && centered[at] == column ? at + 1 : at;
    }

    private static double rounded(double value) {
        return (float) Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
    }

    /** Returns the number of columns that get mean 0 and variance 1. */
    public int centered() {
        return centered.length;
    }

    /** Returns the number of columns that are scaled and keep their zeros. */
    public int scaled() {
        int scaled = 0;
        for (int column = 0; column < shift.length; column++) {
            scaled += isCentered(column) || statistics.indicator[column] ? 0 : 1;
        }
        return scaled;
    }

    /** Returns the number of unchanged columns: those of 0 and 1, and empty ones. */
    public int untouched() {
        return shift.length - centered() - scaled();
    }

    /**
     * Returns the columns whose entries are over ten times as large, or as small, as those of the median
     * column, the farthest first. They make gradient steps too long for some weights and too short for
     * others.
     */
    public List<Integer> unevenColumns() {
        double[] sizes = IntStream.range(0, shift.length)
                .filter(column -> statistics.entries[column] > 0)
                .mapToDouble(this::size)
                .sorted()
                .toArray();
        if (sizes.length == 0) {
            return List.of();
        }
        double median = sizes[sizes.length / 2];
        List<Integer> uneven = new ArrayList<>();
        for (int column = 0; column < shift.length; column++) {
            if (statistics.entries[column] > 0 && factor(size(column), median) > UNEVEN) {
                uneven.add(column);
            }
        }
        uneven.sort(Comparator.comparingDouble(column -> -factor(size(column), median)));
        return uneven;
    }

    /** Returns the root mean square of the nonzero entries of a column. */
    public double size(int column) {
        return Math.sqrt(statistics.meanSquare[column]);
    }

    private static double factor(double size, double median) {
        return Math.max(size / median, median / size);
    }
}
