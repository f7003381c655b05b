package io.evenkeel.core.vector;

/** Euclidean norms that neither overflow nor underflow on the way, and come out with the same bits on every JVM. */
public final class Norm {

    private static final int LOWEST_EXPONENT = Double.MIN_EXPONENT - 1;

    private Norm() {}

    /** Returns ||v||; infinite only if the true norm is beyond double's range, NaN if a value is NaN. */
    public static double l2(double[] v) {
        return l2(v, 0, v.length);
    }

    /**
     * Returns the norm of the coordinates {@code from <= j < to}.
     *
     * <p>The values are scaled by a power of two, which is exact, such that the largest is near 1; then squared and added in
     * an order that depends on nothing but the range.
     */
    public static double l2(double[] v, int from, int to) {
        double largest = 0;
        for (int j = from; j < to; j++) {
            largest = Math.max(largest, Math.abs(v[j]));
        }
        if (largest == 0 || Double.isInfinite(largest) || Double.isNaN(largest)) {
            return largest;
        }
        int exponent = Math.max(Math.getExponent(largest), LOWEST_EXPONENT);
        // Two factors, since 2^1022 and more is needed for the smallest values and 2^1074 is no double.
        double half = Math.scalb(1.0, -(exponent / 2));
        double rest = Math.scalb(1.0, -(exponent - exponent / 2));
        double sum = 0;
        for (int j = from; j < to; j++) {
            double scaled = v[j] * half * rest;
            sum += scaled * scaled;
        }
        return Math.scalb(Math.sqrt(sum), exponent);
    }
}
