package io.evenkeel.core.vector;

/** Computes Euclidean norms without intermediate overflow or underflow, bit-identical on every JVM. */
public final class Norm {

    /**
     * Squares below double's range are off by up to 2^-1075 each; 2^31 such errors do not change a sum of
     * this size.
     */
    private static final double LOWEST_SAFE_SUM = 0x1.0p-900;

    private Norm() {}

    /** Returns ||v||. It is infinite only if the true norm is beyond double's range, and NaN if a value is NaN. */
    public static double l2(double[] v) {
        return l2(v, 0, v.length);
    }

    /**
     * Returns the norm of the coordinates {@code from <= j < to}.
     *
     * <p>Takes one pass, and a second one if the sum of squares is too large or too small for exact squares.
     */
    public static double l2(double[] v, int from, int to) {
        double sum = 0;
        for (int j = from; j < to; j++) {
            sum += v[j] * v[j];
        }
        return isSafe(sum) ? Math.sqrt(sum) : scaled(v, from, to);
    }

    /**
     * Returns ||a - b||, bit-identical to the norm of the vector of differences, which it allocates only if squares
     * would lose precision, as in {@link #l2(double[], int, int)}.
     *
     * @param a values
     * @param b the same number of values
     */
    public static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            double difference = a[j] - b[j];
            sum += difference * difference;
        }
        if (isSafe(sum)) {
            return Math.sqrt(sum);
        }
        double[] differences = new double[a.length];
        for (int j = 0; j < a.length; j++) {
            differences[j] = a[j] - b[j];
        }
        return scaled(differences, 0, a.length);
    }

    private static boolean isSafe(double sum) {
        return sum > LOWEST_SAFE_SUM && sum < Double.POSITIVE_INFINITY;
    }

    /** Returns the norm of single-precision values, equal to that of the same values as doubles. */
    public static double l2(float[] v) {
        // The square of a float is exact as a double and stays in range.
        double sum = 0;
        for (float value : v) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    /** Scales the values by a power of two, which is exact, so that the largest is near 1, and then squares them. */
    private static double scaled(double[] v, int from, int to) {
        double largest = 0;
        for (int j = from; j < to; j++) {
            largest = Math.max(largest, Math.abs(v[j]));
        }
        if (largest == 0 || Double.isInfinite(largest) || Double.isNaN(largest)) {
            return largest;
        }
        int exponent = Math.getExponent(largest);
        // The smallest values need more than 2^1023, the largest power of two that is a double, so there are two
        // factors.
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
