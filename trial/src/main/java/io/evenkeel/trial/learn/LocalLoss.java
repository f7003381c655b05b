package io.evenkeel.trial.learn;

import io.evenkeel.trial.data.Minibatch;
import io.evenkeel.trial.data.Samples;

/** A device's own loss f_i: a perceptron on the device's share of the samples, seen in minibatches. Not thread-safe. */
public final class LocalLoss {

    private final Perceptron perceptron;
    private final Samples share;
    private final Minibatch minibatch;

    /**
     * @param perceptron for this loss alone
     * @param share the device's samples, at least one
     * @param batch samples a minibatch, 0 for the whole share
     * @param seed the device's own
     */
    public LocalLoss(Perceptron perceptron, Samples share, int batch, long seed) {
        this.perceptron = perceptron;
        this.share = share;
        this.minibatch = new Minibatch(share.size(), batch, seed);
    }

    /** Returns how many samples the device has. */
    public int samples() {
        return share.size();
    }

    /**
     * Computes the minibatch's mean loss and its gradient.
     *
     * @param x the model of the round, d values
     * @param round which decides the minibatch
     * @param gradient overwritten, d values
     */
    public double gradient(double[] x, int round, double[] gradient) {
        return perceptron.gradient(x, share, minibatch.draw(round), gradient);
    }
}
