package io.evenkeel.coordinator.round;

import org.jspecify.annotations.Nullable;

/** A weighted mean; the plain mean if no value has a weight. Not thread-safe. */
final class WeightedMean {

    private double weighted;
    private double weight;
    private double plain;
    private long count;

    void add(double value, double itsWeight) {
        weighted += itsWeight * value;
        weight += itsWeight;
        plain += value;
        count++;
    }

    /** Returns the mean, null if there is nothing to take it of or it is beyond double's range. */
    @Nullable
    Double value() {
        double mean = weight > 0 ? weighted / weight : plain / count;
        return Double.isFinite(mean) ? mean : null;
    }
}
