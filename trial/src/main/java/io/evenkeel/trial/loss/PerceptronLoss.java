package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.data.Samples;
import io.evenkeel.trial.learn.Perceptron;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrix;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The demo's perceptron with one hidden layer, and a regularizer. Features are stored densely. */
public final class PerceptronLoss extends ShardedLoss {

    private final Samples samples;
    private final int hidden;
    private final TensorLayout layout;

    /**
     * @param labels the distinct labels in ascending order; a label's index is its class
     * @param hidden the number of units in the hidden layer, at least 1
     */
    public PerceptronLoss(Sharded shards, double[] labels, int hidden, Regularizer regularizer) {
        super(shards, regularizer);
        if (labels.length < 2) {
            throw new IllegalArgumentException("the perceptron needs at least 2 different labels, but there are "
                    + labels.length + ": check the label column");
        }
        this.samples = dense(shards.data(), labels);
        this.hidden = hidden;
        this.layout = new Perceptron(samples.width(), hidden, samples.classes()).layout();
    }

    /** Converts sparse samples to dense ones, and labels to their indices. */
    static Samples dense(Labelled data, double[] labels) {
        SparseMatrix rows = data.features();
        double[] features = new double[Math.multiplyExact(rows.rows(), rows.columns())];
        int[] classOf = new int[rows.rows()];
        for (int i = 0; i < rows.rows(); i++) {
            for (int e = rows.start(i); e < rows.start(i + 1); e++) {
                features[i * rows.columns() + rows.column(e)] = rows.value(e);
            }
            classOf[i] = Arrays.binarySearch(labels, data.label(i));
        }
        return new Samples(features, classOf, rows.columns(), labels.length);
    }

    @Override
    public TensorLayout layout() {
        return layout;
    }

    @Override
    public Worker worker() {
        Perceptron perceptron = new Perceptron(samples.width(), hidden, samples.classes());
        return (int client, double[] x, int @Nullable [] batch, double[] gradient) -> {
            int[] chosen = new int[batch == null ? shards.size(client) : batch.length];
            Arrays.setAll(chosen, i -> shards.start(client) + (batch == null ? i : batch[i]));
            return perceptron.gradient(x, samples, chosen, gradient) + regularizer.addTo(x, gradient);
        };
    }

    /** Draws random weights, since zeros are a saddle point. */
    @Override
    public Optional<double[]> suggestedStart(long seed) {
        return Optional.of(new Perceptron(samples.width(), hidden, samples.classes()).initialModel(seed));
    }

    @Override
    public Optional<Smoothness> smoothness() {
        return Optional.empty();
    }
}
