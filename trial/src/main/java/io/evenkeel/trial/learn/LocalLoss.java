package io.evenkeel.trial.learn;

import io.evenkeel.trial.data.Minibatch;
import io.evenkeel.trial.data.Samples;

/** A device's loss f_i: a perceptron on minibatches of the device's samples. Not thread-safe. */
public final class LocalLoss {

    private final Perceptron perceptron;
    private final Samples share;
    private final Minibatch minibatch;

    /**
     * @param perceptron a perceptron used by this loss only
     * @param share the device's samples, at least one
     * @param batch the size of a minibatch, 0 for all samples
     * @param seed the device's own seed
     */
    public LocalLoss(Perceptron perceptron, Samples share, int batch, long seed) {
        this.perceptron = perceptron;
        this.share = share;
        this.minibatch = new Minibatch(share.size(), batch, seed);
    }

    /** Returns the number of the device's samples. */
    public int samples() {
        return share.size();
    }

    /**
     * Computes the minibatch's mean loss and its gradient.
     *
     * @param x the model of the round, d values
     * @param round the round, which determines the minibatch
     * @param gradient overwritten, d values
     */
    public double gradient(double[] x, int round, double[] gradient) {
        return perceptron.gradient(x, share, minibatch.draw(round), gradient);
    }
}
