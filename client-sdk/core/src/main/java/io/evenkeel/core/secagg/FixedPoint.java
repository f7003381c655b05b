package io.evenkeel.core.secagg;

/**
 * Encodes values as integers that a cohort can add modulo 2^32 without an overflow. A value v becomes
 * {@code q = v / 2^exponent}, rounded to the nearest integer (ties to even) and limited to {@link #limit}.
 * Rounding and limiting add to the compression error, which error feedback sends later. Sums of q are exact,
 * so they do not depend on the order of the devices. Immutable.
 */
public final class FixedPoint {

    private static final int LOWEST_EXPONENT = -1022;

    private final int exponent;
    private final long totalWeight;
    private final double unit;

    /**
     * @param exponent the unit is 2^exponent; -1022 to 0
     * @param totalWeight an upper bound on the sum of the cohort's weights, 1 to 2^31 - 1
     */
    public FixedPoint(int exponent, long totalWeight) {
        if (exponent < LOWEST_EXPONENT || exponent > 0) {
            throw new IllegalArgumentException("exponent is " + exponent + ", expected " + LOWEST_EXPONENT + " to 0");
        }
        if (totalWeight < 1 || totalWeight > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "totalWeight is " + totalWeight + ", expected 1 to " + Integer.MAX_VALUE);
        }
        this.exponent = exponent;
        this.totalWeight = totalWeight;
        this.unit = Math.scalb(1.0, exponent);
    }

    /** Returns the largest magnitude of q: the sum does not overflow even if all members send it. */
    public int limit() {
        return (int) (Integer.MAX_VALUE / totalWeight);
    }

    /** Returns the largest magnitude of a value that is not cut off. */
    public double largest() {
        return limit() * unit;
    }

    /**
     * Returns q.
     *
     * @param value finite
     */
    public int encode(double value) {
        double scaled = Math.rint(Math.scalb(value, -exponent));
        return (int) Math.max(-limit(), Math.min(limit(), scaled));
    }

    /** Returns the exact value of q, or of a sum of weighted q. */
    public double decode(int q) {
        return q * unit;
    }
}
