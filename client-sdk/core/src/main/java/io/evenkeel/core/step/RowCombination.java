package io.evenkeel.core.step;

/** Adds linear combinations of rows, the inner loop of matrix products with a fixed order of summation. */
final class RowCombination {

    private RowCombination() {}

    /**
     * {@code row_j += sum_k factors_k rows_kj}, where each product is rounded and added in ascending order of k.
     *
     * @param row changed in place
     * @param length the number of columns j
     * @param from the first k
     * @param to one past the last k
     */
    static void add(double[] row, int length, double[] factors, double[][] rows, int from, int to) {
        int k = from;
        // Adds four rows at a time, so that the row is read and written a quarter as often. The order of the
        // additions is unchanged.
        for (; k + 4 <= to; k += 4) {
            add(
                    row,
                    length,
                    factors[k],
                    rows[k],
                    factors[k + 1],
                    rows[k + 1],
                    factors[k + 2],
                    rows[k + 2],
                    factors[k + 3],
                    rows[k + 3]);
        }
        for (; k < to; k++) {
            add(row, length, factors[k], rows[k]);
        }
    }

    private static void add(double[] row, int length, double factor, double[] added) {
        for (int j = 0; j < length; j++) {
            row[j] += factor * added[j];
        }
    }

    private static void add(
            double[] row,
            int length,
            double f0,
            double[] r0,
            double f1,
            double[] r1,
            double f2,
            double[] r2,
            double f3,
            double[] r3) {
        for (int j = 0; j < length; j++) {
            row[j] = (((row[j] + f0 * r0[j]) + f1 * r1[j]) + f2 * r2[j]) + f3 * r3[j];
        }
    }
}
