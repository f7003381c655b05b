package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.sparse.SparseMatrix;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Logistic regression: the mean of {@code log(1 + exp(-y a'x))} over a client's samples (a, y), where y is 1 for the
 * larger of the two labels and -1 for the other, plus a regularizer.
 */
public final class LogisticLoss extends ShardedLoss {

    /** The largest second derivative of log(1 + exp(-z)). */
    private static final double CURVATURE = 0.25;

    private static final double PRODUCT_BOUND = 0x1.0p60;

    private final SparseMatrix rows;
    private final byte[] signs;
    private final TensorLayout layout;

    /**
     * @throws IllegalArgumentException if there are not exactly two different labels
     */
    public LogisticLoss(Sharded shards, Regularizer regularizer) {
        super(shards, regularizer);
        this.rows = shards.data().features();
        this.signs = signs(shards);
        this.layout = TensorLayout.flat(rows.columns());
    }

    private static byte[] signs(Sharded shards) {
        double[] labels = shards.data().distinctLabels();
        if (labels.length != 2) {
            throw new IllegalArgumentException("the logistic loss needs exactly 2 different labels, but there are "
                    + labels.length + " (" + Labels.sample(labels) + "): "
                    + (labels.length < 2
                            ? "check the label column"
                            : "use the softmax loss (--loss softmax), or another label column"));
        }
        byte[] signs = new byte[shards.data().size()];
        for (int i = 0; i < signs.length; i++) {
            signs[i] = (byte) (shards.data().label(i) == labels[1] ? 1 : -1);
        }
        return signs;
    }

    @Override
    public TensorLayout layout() {
        return layout;
    }

    @Override
    public Worker worker() {
        return new LogisticWorker(shards.largest());
    }

    @Override
    public Optional<Smoothness> smoothness() {
        return Optional.of(Curvature.of(shards, CURVATURE, regularizer));
    }

    private final class LogisticWorker implements Worker {

        private final double[] factors;
        private final LogSum logs = new LogSum();

        LogisticWorker(int largest) {
            factors = new double[largest];
        }

        @Override
        public double gradient(int client, double[] x, int @Nullable [] batch, double[] gradient) {
            Arrays.fill(gradient, 0);
            int start = shards.start(client);
            int count = batch == null ? shards.size(client) : batch.length;
            for (int i = 0; i < count; i++) {
                factors[i] = rows.dot(batch == null ? start + i : start + batch[i], x);
            }
            double loss = differentiate(start, count, batch);
            for (int i = 0; i < count; i++) {
                rows.addRow(batch == null ? start + i : start + batch[i], factors[i], gradient);
            }
            return loss / count + regularizer.addTo(x, gradient);
        }

        /**
         * Replaces each a'x with the derivative of the mean loss with respect to it, and returns the sum of the losses.
         */
        private double differentiate(int start, int count, int @Nullable [] batch) {
            logs.reset();
            double linear = 0;
            double product = 1;
            double share = 1.0 / count;
            for (int i = 0; i < count; i++) {
                double sign = signs[batch == null ? start + i : start + batch[i]];
                double margin = sign * factors[i];
                double e = Exponential.ofNonPositive(-Math.abs(margin));
                product *= 1 + e;
                if (product > PRODUCT_BOUND) {
                    logs.add(product);
                    product = 1;
                }
                linear += Math.max(-margin, 0);
                factors[i] = -sign * share * (selectByPositive(margin, e) / (1 + e));
            }
            logs.add(product);
            return linear + logs.total();
        }

        /** {@code margin > 0 ? e : 1} without a branch, which would be mispredicted for half of the samples. */
        private static double selectByPositive(double margin, double e) {
            long negative = Double.doubleToRawLongBits(margin) >> 63;
            return Double.longBitsToDouble(
                    (Double.doubleToRawLongBits(e) & ~negative) | (Double.doubleToRawLongBits(1.0) & negative));
        }
    }
}
