package io.evenkeel.trial.loss;

import org.jspecify.annotations.Nullable;

/** Computes losses and gradients in its own working space, whose size does not depend on the number of clients. */
public interface Worker {

    /**
     * Computes a client's loss and gradient.
     *
     * @param x the model, d values; not changed
     * @param batch the client's samples to use, numbered from 0 for each
     *     client; null for all
     * @param gradient overwritten with the gradient, d values
     * @return the mean loss over these samples, with the regularizer
     */
    double gradient(int client, double[] x, int @Nullable [] batch, double[] gradient);
}
