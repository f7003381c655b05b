package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.sparse.SparseMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Softmax regression: cross-entropy of C classes with weights {@code w [features, classes]}, row-major, and a
 * regularizer.
 */
public final class SoftmaxLoss extends ShardedLoss {

    /** The largest eigenvalue of diag(p) - pp' over all p. */
    private static final double CURVATURE = 0.5;

    private static final int MAX_CLASSES = 1000;

    private final SparseMatrix rows;
    private final int[] classOf;
    private final int classes;
    private final TensorLayout layout;

    /**
     * @param labels the distinct labels in ascending order; a label's index is its class
     * @throws IllegalArgumentException if there are not 2 to 1000 labels
     */
    public SoftmaxLoss(Sharded shards, double[] labels, Regularizer regularizer) {
        super(shards, regularizer);
        if (labels.length < 2 || labels.length > MAX_CLASSES) {
            throw new IllegalArgumentException("the softmax loss needs 2 to " + MAX_CLASSES
                    + " different labels, but there are " + labels.length + " (" + Labels.sample(labels)
                    + "): check the label column");
        }
        this.rows = shards.data().features();
        this.classes = labels.length;
        this.classOf = new int[rows.rows()];
        Arrays.setAll(classOf, i -> Arrays.binarySearch(labels, shards.data().label(i)));
        this.layout = TensorLayout.of(List.of(new Tensor("w", List.of(rows.columns(), classes))));
    }

    @Override
    public TensorLayout layout() {
        return layout;
    }

    @Override
    public Worker worker() {
        return new SoftmaxWorker();
    }

    @Override
    public Optional<Smoothness> smoothness() {
        return Optional.of(Curvature.of(shards, CURVATURE, regularizer));
    }

    /** Overwrites {@code outputs} with the row's outputs, one value for each class. */
    static void outputs(SparseMatrix rows, int row, double[] x, double[] outputs) {
        int classes = outputs.length;
        Arrays.fill(outputs, 0);
        for (int e = rows.start(row); e < rows.start(row + 1); e++) {
            double value = rows.value(e);
            int at = rows.column(e) * classes;
            for (int c = 0; c < classes; c++) {
                outputs[c] += value * x[at + c];
            }
        }
    }

    private final class SoftmaxWorker implements Worker {

        private final double[] outputs = new double[classes];
        private final LogSum logs = new LogSum();

        @Override
        public double gradient(int client, double[] x, int @Nullable [] batch, double[] gradient) {
            Arrays.fill(gradient, 0);
            logs.reset();
            int start = shards.start(client);
            int count = batch == null ? shards.size(client) : batch.length;
            double loss = 0;
            double share = 1.0 / count;
            for (int i = 0; i < count; i++) {
                int row = batch == null ? start + i : start + batch[i];
                outputs(rows, row, x, outputs);
                loss += differentiate(classOf[row], share);
                scatter(row, gradient);
            }
            return (loss + logs.total()) / count + regularizer.addTo(x, gradient);
        }

        /**
         * Replaces the outputs with the derivatives of the mean loss; returns the loss without its logarithm, which it
         * adds to {@code logs}.
         */
        private double differentiate(int label, double share) {
            double shift = Double.NEGATIVE_INFINITY;
            for (double output : outputs) {
                shift = Math.max(shift, output);
            }
            double shifted = shift - outputs[label];
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                outputs[c] = Exponential.ofNonPositive(outputs[c] - shift);
                sum += outputs[c];
            }
            logs.add(sum);
            double factor = share / sum;
            for (int c = 0; c < classes; c++) {
                outputs[c] *= factor;
            }
            outputs[label] -= share;
            return shifted;
        }

        private void scatter(int row, double[] gradient) {
            for (int e = rows.start(row); e < rows.start(row + 1); e++) {
                double value = rows.value(e);
                int at = rows.column(e) * classes;
                for (int c = 0; c < classes; c++) {
                    gradient[at + c] += value * outputs[c];
                }
            }
        }
    }
}
