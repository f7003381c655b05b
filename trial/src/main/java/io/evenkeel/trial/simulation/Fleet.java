package io.evenkeel.trial.simulation;

import io.evenkeel.trial.loss.Accuracy;
import io.evenkeel.trial.loss.ClientLosses;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The clients of a trial: their losses, their weights, and held-out samples if there are any. Safe to share between threads. */
public final class Fleet {

    private final ClientLosses losses;
    private final boolean weightedBySamples;
    private final @Nullable Supplier<Accuracy> heldOut;
    private final double totalWeight;

    /**
     * @param weightedBySamples whether a client counts by its samples, or each the same
     * @param heldOut gives each thread an accuracy of its own; null if nothing is held out
     */
    public Fleet(ClientLosses losses, boolean weightedBySamples, @Nullable Supplier<Accuracy> heldOut) {
        this.losses = losses;
        this.weightedBySamples = weightedBySamples;
        this.heldOut = heldOut;
        double total = 0;
        for (int client = 0; client < losses.clients(); client++) {
            total += weight(client);
        }
        this.totalWeight = total;
    }

    /** Returns the losses. */
    public ClientLosses losses() {
        return losses;
    }

    /** Returns w_i, above 0. */
    public double weight(int client) {
        return weightedBySamples ? losses.samples(client) : 1;
    }

    /** Returns W, the sum of the weights. */
    public double totalWeight() {
        return totalWeight;
    }

    /** Returns the accuracy on held-out samples for one thread, or null if nothing is held out. */
    public @Nullable Accuracy accuracy() {
        return heldOut == null ? null : heldOut.get();
    }
}
