package io.evenkeel.trial.simulation;

import io.evenkeel.trial.loss.ClientLosses;
import io.evenkeel.trial.loss.Quality;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.result.ClassBalance;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a trial: their losses, their weights, and held-out samples if there are any. Safe to share
 * between threads.
 */
public final class Fleet {

    private final ClientLosses losses;
    private final boolean weightedBySamples;
    private final @Nullable Supplier<Quality> heldOut;
    private final @Nullable QualityMetric metric;
    private final @Nullable ClassBalance classes;
    private final List<String> notes;
    private final double totalWeight;

    /** Creates a fleet without information about its clients' data. */
    public Fleet(ClientLosses losses, boolean weightedBySamples, @Nullable Supplier<Quality> heldOut) {
        this(losses, weightedBySamples, heldOut, null, null, List.of());
    }

    /**
     * @param weightedBySamples whether clients are weighted by their samples, or equally
     * @param heldOut creates a quality measurement for each thread; null if nothing is held out
     * @param metric the metric of the quality
     * @param classes the class balance of the training samples; null if there are no classes
     * @param notes sentences on the preparation of the data
     */
    Fleet(
            ClientLosses losses,
            boolean weightedBySamples,
            @Nullable Supplier<Quality> heldOut,
            @Nullable QualityMetric metric,
            @Nullable ClassBalance classes,
            List<String> notes) {
        this.losses = losses;
        this.weightedBySamples = weightedBySamples;
        this.heldOut = heldOut;
        this.metric = metric;
        this.classes = classes;
        this.notes = List.copyOf(notes);
        double total = 0;
        for (int client = 0; client < losses.clients(); client++) {
            total += weight(client);
        }
        this.totalWeight = total;
    }

    public ClientLosses losses() {
        return losses;
    }

    /** Returns whether clients are weighted by their samples, or equally. */
    public boolean weightedBySamples() {
        return weightedBySamples;
    }

    /** Returns w_i, above 0. */
    public double weight(int client) {
        return weightedBySamples ? losses.samples(client) : 1;
    }

    /** Returns W, the sum of the weights. */
    public double totalWeight() {
        return totalWeight;
    }

    /** Returns the metric on held-out samples; null if nothing is held out. */
    public @Nullable QualityMetric metric() {
        return metric;
    }

    /** Returns the class balance of the training samples; null if there are no classes. */
    public @Nullable ClassBalance classes() {
        return classes;
    }

    /** Returns sentences on the preparation of the data. */
    public List<String> notes() {
        return notes;
    }

    /** Returns the quality on held-out samples for one thread, or null if nothing is held out. */
    public @Nullable Quality quality() {
        return heldOut == null ? null : heldOut.get();
    }
}
