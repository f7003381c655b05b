package io.evenkeel.core.step;

import java.util.Arrays;

/**
 * The Newton-Schulz iteration, which moves all singular values of a matrix close to 1:
 * {@code Z <- Z (a I + b A + c A^2)} with {@code A = Z'Z}, with the coefficients of Jordan et al., "Muon",
 * 2024. Five steps move singular values from 0.01 to 1 into 0.68 to 1.2, and multiply smaller ones by up to
 * 485.
 *
 * <p>All factors are polynomials of the first A and commute. So the iteration runs on A, which is small if Z
 * is long: A becomes Q A Q with {@code Q = a I + b A + c A^2}, and Z is multiplied by the product P of all Q
 * once, at the end. In exact arithmetic this is the same result.
 *
 * <p>Every sum is added in ascending order of its index, with a rounding after each product and each
 * addition, so the bits are the same on every JVM and in every SDK. Products of commuting symmetric matrices
 * are symmetric, so only their lower triangle is computed.
 */
final class NewtonSchulz {

    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;

    /** Rounding errors of A grow twelvefold per step; after 10 steps they are still far below 1. */
    static final int MAX_STEPS = 10;

    private final int size;
    private double[][] gram;
    private double[][] product;
    private final double[][] factor;
    private double[][] spare;

    private NewtonSchulz(double[][] gram) {
        this.size = gram.length;
        this.gram = gram;
        this.product = new double[size][size];
        this.factor = new double[size][size];
        this.spare = new double[size][size];
    }

    /**
     * Returns the number of values that {@link #multiplier} allocates or takes for a matrix with a short side
     * of {@code size}.
     */
    static long scratchValues(int size) {
        return 4L * size * size;
    }

    /**
     * Returns P, so that Z P has the singular values that {@code steps} iterations give Z.
     *
     * @param gram Z'Z, symmetric, with eigenvalues of at most 1; overwritten
     * @param steps at least 1
     */
    static double[][] multiplier(double[][] gram, int steps) {
        NewtonSchulz iteration = new NewtonSchulz(gram);
        for (int step = 0; step < steps; step++) {
            iteration.next(step == 0, step == steps - 1);
        }
        return iteration.product;
    }

    private void next(boolean isFirst, boolean isLast) {
        computeFactor();
        if (isFirst) {
            for (int i = 0; i < size; i++) {
                System.arraycopy(factor[i], 0, product[i], 0, size);
            }
        } else {
            multiply(product, factor, spare);
            double[][] next = spare;
            spare = product;
            product = next;
        }
        if (!isLast) {
            multiply(gram, factor, spare);
            multiply(spare, factor, gram);
        }
    }

    /** Sets {@code Q = a I + b A + c A^2}. */
    private void computeFactor() {
        multiply(gram, gram, factor);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                factor[i][j] = B * gram[i][j] + C * factor[i][j];
            }
            factor[i][i] += A;
        }
    }

    private static void multiply(double[][] left, double[][] right, double[][] result) {
        int size = left.length;
        for (int i = 0; i < size; i++) {
            Arrays.fill(result[i], 0, i + 1, 0);
            RowCombination.add(result[i], i + 1, left[i], right, 0, size);
        }
        mirror(result);
    }

    /** Copies the lower triangle to the upper one. */
    static void mirror(double[][] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < i; j++) {
                matrix[j][i] = matrix[i][j];
            }
        }
    }
}
