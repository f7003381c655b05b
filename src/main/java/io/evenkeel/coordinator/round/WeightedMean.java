package io.evenkeel.coordinator.round;

import org.jspecify.annotations.Nullable;

/** A mean weighted by samples; the plain mean if no value has samples. Not thread-safe. */
final class WeightedMean {

    private double weighted;
    private double weight;
    private double plain;
    private long count;

    void add(double value, long samples) {
        weighted += samples * value;
        weight += samples;
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
