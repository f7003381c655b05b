package io.evenkeel.core.step;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;

/**
 * A tensor of a flat model as a matrix: the first axis is the rows, and the other axes together are the columns. A
 * matrix with more columns than rows is transposed, so there are {@code length} rows of {@code width} values, with
 * width at most length.
 *
 * @param start the tensor's first coordinate
 * @param length the longer side
 * @param width the shorter side
 * @param isTransposed whether the tensor's rows are the shorter side
 */
record TensorMatrix(int start, int length, int width, boolean isTransposed) {

    /** The number of rows that are read, multiplied and written together. */
    private static final int PANEL = 32;

    static TensorMatrix of(TensorLayout layout, int l) {
        Tensor tensor = layout.tensors().get(l);
        int rows = tensor.shape().isEmpty() ? 1 : tensor.shape().get(0);
        int columns = tensor.size() / rows;
        return new TensorMatrix(layout.start(l), Math.max(rows, columns), Math.min(rows, columns), rows < columns);
    }

    /** Returns the number of values that {@link #step} allocates. */
    long scratchValues() {
        return width == 1 ? 0 : NewtonSchulz.scratchValues(width) + 2L * PANEL * width;
    }

    /**
     * Takes the step {@code x - factor O(S)}, or no step if S is 0.
     *
     * @param x the model, changed in place
     * @param sum S
     * @param steps the number of Newton-Schulz iterations
     */
    void step(double[] x, double[] sum, double factor, int steps) {
        double largest = largest(sum);
        if (largest == 0) {
            return;
        }
        if (width == 1) {
            normalizedStep(x, sum, factor);
        } else {
            orthogonalStep(x, sum, largest, factor, steps);
        }
    }

    private double largest(double[] sum) {
        double largest = 0;
        for (int j = start; j < start + length * width; j++) {
            largest = Math.max(largest, Math.abs(sum[j]));
        }
        return largest;
    }

    private void normalizedStep(double[] x, double[] sum, double factor) {
        double norm = Norm.l2(sum, start, start + length);
        for (int j = start; j < start + length; j++) {
            x[j] -= factor * (sum[j] / norm);
        }
    }

    private void orthogonalStep(double[] x, double[] sum, double largest, double factor, int steps) {
        double[][] panel = new double[Math.min(PANEL, length)][width];
        double[][] gram = gram(sum, largest, panel);
        double root = Math.sqrt(normalizeTrace(gram));
        double[][] multiplier = NewtonSchulz.multiplier(gram, steps);
        double[][] product = new double[panel.length][width];
        for (int from = 0; from < length; from += PANEL) {
            int count = Math.min(PANEL, length - from);
            load(panel, sum, largest, from, count);
            for (int k = 0; k < count; k++) {
                Arrays.fill(product[k], 0);
                RowCombination.add(product[k], width, panel[k], multiplier, 0, width);
            }
            subtract(x, product, factor, root, from, count);
        }
    }

    /** Returns Z'Z of the values divided by the largest magnitude, which keeps any magnitude in range. */
    private double[][] gram(double[] sum, double largest, double[][] panel) {
        double[][] gram = new double[width][width];
        double[] factors = new double[PANEL];
        for (int from = 0; from < length; from += PANEL) {
            int count = Math.min(PANEL, length - from);
            load(panel, sum, largest, from, count);
            for (int i = 0; i < width; i++) {
                for (int k = 0; k < count; k++) {
                    factors[k] = panel[k][i];
                }
                RowCombination.add(gram[i], i + 1, factors, panel, 0, count);
            }
        }
        NewtonSchulz.mirror(gram);
        return gram;
    }

    /** Divides Z'Z by its trace, the square of the Frobenius norm of Z, and returns the trace. */
    private static double normalizeTrace(double[][] gram) {
        double trace = 0;
        for (int i = 0; i < gram.length; i++) {
            trace += gram[i][i];
        }
        for (double[] row : gram) {
            for (int j = 0; j < row.length; j++) {
                row[j] /= trace;
            }
        }
        return trace;
    }

    /** Sets {@code panel[k][i]} to row {@code from + k} and column i of the matrix, after transposing it if needed. */
    private void load(double[][] panel, double[] sum, double largest, int from, int count) {
        if (isTransposed) {
            for (int i = 0; i < width; i++) {
                int at = start + i * length + from;
                for (int k = 0; k < count; k++) {
                    panel[k][i] = sum[at + k] / largest;
                }
            }
            return;
        }
        for (int k = 0; k < count; k++) {
            int at = start + (from + k) * width;
            for (int i = 0; i < width; i++) {
                panel[k][i] = sum[at + i] / largest;
            }
        }
    }

    private void subtract(double[] x, double[][] product, double factor, double root, int from, int count) {
        if (isTransposed) {
            for (int i = 0; i < width; i++) {
                int at = start + i * length + from;
                for (int k = 0; k < count; k++) {
                    x[at + k] -= factor * (product[k][i] / root);
                }
            }
            return;
        }
        for (int k = 0; k < count; k++) {
            int at = start + (from + k) * width;
            for (int i = 0; i < width; i++) {
                x[at + i] -= factor * (product[k][i] / root);
            }
        }
    }
}
