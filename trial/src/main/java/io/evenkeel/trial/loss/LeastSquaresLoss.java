package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.sparse.SparseMatrix;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Linear regression: the mean of {@code 1/2 (a'x - y)^2} over a client's samples (a, y), and a regularizer. */
public final class LeastSquaresLoss extends ShardedLoss {

    /** The second derivative of z^2/2. */
    private static final double CURVATURE = 1;

    private final SparseMatrix rows;
    private final TensorLayout layout;

    /**
     * @throws IllegalArgumentException if all labels are equal
     */
    public LeastSquaresLoss(Sharded shards, Regularizer regularizer) {
        super(shards, regularizer);
        double[] labels = shards.data().distinctLabels();
        if (labels.length < 2) {
            throw new IllegalArgumentException("all labels are " + Labels.sample(labels)
                    + ", so there is nothing to predict: check the label column");
        }
        this.rows = shards.data().features();
        this.layout = TensorLayout.flat(rows.columns());
    }

    @Override
    public TensorLayout layout() {
        return layout;
    }

    @Override
    public Worker worker() {
        return (int client, double[] x, int @Nullable [] batch, double[] gradient) -> {
            Arrays.fill(gradient, 0);
            int start = shards.start(client);
            int count = batch == null ? shards.size(client) : batch.length;
            double share = 1.0 / count;
            double squares = 0;
            for (int i = 0; i < count; i++) {
                int row = start + (batch == null ? i : batch[i]);
                double residual = rows.dot(row, x) - shards.data().label(row);
                squares += residual * residual;
                rows.addRow(row, share * residual, gradient);
            }
            return squares / (2 * count) + regularizer.addTo(x, gradient);
        };
    }

    @Override
    public Optional<Smoothness> smoothness() {
        return Optional.of(Curvature.of(shards, CURVATURE, regularizer));
    }
}
