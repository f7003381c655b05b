package io.evenkeel.coordinator.rollout.rule;

/**
 * Number, mean and variance of differences, one a device, added one by one. Welford's recurrence (Technometrics 4, 1962) loses no
 * digits when the mean is far from 0. Not thread-safe.
 */
public final class PairedDifferences {

    private int count;
    private double mean;
    private double squares;

    public void add(double difference) {
        count++;
        double before = difference - mean;
        mean += before / count;
        squares += before * (difference - mean);
    }

    int count() {
        return count;
    }

    public double mean() {
        return mean;
    }

    /** Returns the standard error of the mean; NaN for fewer than 2 differences. */
    double standardError() {
        return count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1) / count);
    }
}
