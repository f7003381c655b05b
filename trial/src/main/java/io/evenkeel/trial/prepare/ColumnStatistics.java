package io.evenkeel.trial.prepare;

import io.evenkeel.trial.sparse.SparseMatrix;
import io.evenkeel.trial.split.Shards;
import java.util.Arrays;

/**
 * Statistics of the columns over the samples of all clients. All of them are sums over samples, so a fleet gets the
 * same figures by adding up its clients' counts and sums, and then their squared deviations from the common mean. The
 * arrays must not be changed.
 */
final class ColumnStatistics {

    final long samples;

    /** The number of nonzero entries of a column. */
    final int[] entries;

    /** Whether all nonzero entries of a column are 1. */
    final boolean[] indicator;

    /** Mean of a column, including zeros. */
    final double[] mean;

    /** Mean squared deviation of a column from its mean, including zeros. */
    final double[] variance;

    /** Mean square of the nonzero entries of a column; 0 for an empty column. */
    final double[] meanSquare;

    private ColumnStatistics(long samples, int columns) {
        this.samples = samples;
        this.entries = new int[columns];
        this.indicator = new boolean[columns];
        this.mean = new double[columns];
        this.variance = new double[columns];
        this.meanSquare = new double[columns];
    }

    static ColumnStatistics of(SparseMatrix rows, Shards shards) {
        ColumnStatistics all = new ColumnStatistics(shards.order().length, rows.columns());
        all.addUp(rows, shards.order());
        all.addUpDeviations(rows, shards.order());
        return all;
    }

    private void addUp(SparseMatrix rows, int[] order) {
        Arrays.fill(indicator, true);
        for (int row : order) {
            for (int e = rows.start(row); e < rows.start(row + 1); e++) {
                int column = rows.column(e);
                double value = rows.value(e);
                entries[column]++;
                mean[column] += value;
                meanSquare[column] += value * value;
                indicator[column] &= value == 1;
            }
        }
        for (int column = 0; column < mean.length; column++) {
            mean[column] /= samples;
            meanSquare[column] /= Math.max(1, entries[column]);
        }
    }

    private void addUpDeviations(SparseMatrix rows, int[] order) {
        for (int row : order) {
            for (int e = rows.start(row); e < rows.start(row + 1); e++) {
                double deviation = rows.value(e) - mean[rows.column(e)];
                variance[rows.column(e)] += deviation * deviation;
            }
        }
        for (int column = 0; column < mean.length; column++) {
            double ofZeros = (samples - entries[column]) * mean[column] * mean[column];
            variance[column] = (variance[column] + ofZeros) / samples;
        }
    }

    /** Returns whether a column is nonzero in at least half of the samples. */
    boolean isDense(int column) {
        return 2L * entries[column] >= samples;
    }

    /** Returns whether a column has more than one value, apart from rounding errors. */
    boolean varies(int column) {
        return variance[column] > 1e-24 * meanSquare[column];
    }
}
