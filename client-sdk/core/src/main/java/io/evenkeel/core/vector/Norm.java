package io.evenkeel.core.vector;

/** Euclidean norms that neither overflow nor underflow on the way, and come out with the same bits on every JVM. */
public final class Norm {

    /** Squares below double's range are off by up to 2^-1075 each, which 2^31 of do not tell in a sum of this. */
    private static final double LOWEST_SAFE_SUM = 0x1.0p-900;

    private Norm() {}

    /** Returns ||v||; infinite only if the true norm is beyond double's range, NaN if a value is NaN. */
    public static double l2(double[] v) {
        return l2(v, 0, v.length);
    }

    /**
     * Returns the norm of the coordinates {@code from <= j < to}.
     *
     * <p>One pass, unless the sum of squares comes out so large or so small that squares were lost.
     */
    public static double l2(double[] v, int from, int to) {
        double sum = 0;
        for (int j = from; j < to; j++) {
            sum += v[j] * v[j];
        }
        boolean safe = sum > LOWEST_SAFE_SUM && sum < Double.POSITIVE_INFINITY;
        return safe ? Math.sqrt(sum) : scaled(v, from, to);
    }

    /** Returns the norm of values of single precision: that of the same values as doubles. */
    public static double l2(float[] v) {
        // The square of a float is a double without rounding, neither too large nor too small for one.
        double sum = 0;
        for (float value : v) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** Scales the values by a power of two, which is exact, such that the largest is near 1, before it squares them. */
    private static double scaled(double[] v, int from, int to) {
        double largest = 0;
        for (int j = from; j < to; j++) {
            largest = Math.max(largest, Math.abs(v[j]));
        }
        if (largest == 0 || Double.isInfinite(largest) || Double.isNaN(largest)) {
            return largest;
        }
        int exponent = Math.getExponent(largest);
        // Two factors, since 2^1023, which the smallest values need, is the largest power of two that is a double.
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
