package io.evenkeel.trial.fleet;

/**
 * A range of positive values that vary between devices. Their logarithms are distributed uniformly.
 * Immutable.
 *
 * @param low the smallest value
 * @param high the largest value, at least {@code low}
 */
public record ValueRange(double low, double high) {

    /** @throws IllegalArgumentException if the range is empty, or {@code low} is not above 0 */
    public ValueRange {
        if (!(low > 0 && low <= high && high <= Double.MAX_VALUE)) {
            throw new IllegalArgumentException("expected values above 0, the smaller one first");
        }
    }

    /** Returns the quantile of a share of the devices, from {@code low} at 0 to {@code high} at 1. */
    double at(double share) {
        // StrictMath gives the same bits on every machine.
        return low == high ? low : low * StrictMath.pow(high / low, share);
    }
}
