package io.evenkeel.trial.loss;

/** The share of held-out samples a model gets right. */
@FunctionalInterface
public interface Accuracy {

    /**
     * Returns the accuracy, 0 to 1.
     *
     * @param x the model, d values
     */
    double of(double[] x);
}
