package io.evenkeel.trial.loss;

/** Measures a model on held-out samples; larger is better. */
@FunctionalInterface
public interface Quality {

    /**
     * Returns the accuracy, 0 to 1; for a regression R2, which is at most 1, and 0 for a model that predicts the mean.
     *
     * @param x the model, d values
     */
    double of(double[] x);
}
