package io.evenkeel.core.compress;

import org.jspecify.annotations.Nullable;

/** A view of the vector {@code u - minus}, computed on access. The array u contains doubles or floats. */
final class VectorDifference {

    private static final long MAGNITUDE_BITS = Long.MAX_VALUE;
    private static final long INFINITY = Double.doubleToRawLongBits(Double.POSITIVE_INFINITY);

    private static final double[] NONE = {};

    private final double[] u;
    private final float @Nullable [] singles;
    private final double @Nullable [] minus;

    /** A view of {@code u - minus}; null stands for zeros. */
    VectorDifference(double[] u, double @Nullable [] minus) {
        this.u = u;
        this.singles = null;
        this.minus = minus;
    }

    /** A view of {@code u - minus}; null stands for zeros. */
    VectorDifference(float[] u, double @Nullable [] minus) {
        this.u = NONE;
        this.singles = u;
        this.minus = minus;
    }

    /** Returns coordinate {@code j}, saturated to the range of finite doubles. */
    double at(int j) {
        double value = singles == null ? u[j] : singles[j];
        if (minus == null) {
            return value;
        }
        double difference = value - minus[j];
        return Math.abs(difference) == Double.POSITIVE_INFINITY
                ? Math.copySign(Double.MAX_VALUE, difference)
                : difference;
    }

    /** Returns u if it is an array of doubles. */
    double[] u() {
        return u;
    }

    /** Returns u if it is an array of floats, otherwise null. */
    float @Nullable [] singles() {
        return singles;
    }

    double @Nullable [] minus() {
        return minus;
    }

    /**
     * Returns the saturated magnitude of coordinate {@code j} as an integer with the same order as magnitudes; 0 for
     * zero.
     */
    long magnitude(int j) {
        return magnitude(at(j));
    }

    /**
     * Returns the magnitude of a value as an integer with the same order as magnitudes. NaN is above all others, and
     * zero is 0.
     */
    static long magnitude(double value) {
        return Double.doubleToRawLongBits(value) & MAGNITUDE_BITS;
    }

    /** Returns the magnitude of a difference; infinity gets that of the largest double. */
    static long saturated(long magnitude) {
        return magnitude == INFINITY ? INFINITY - 1 : magnitude;
    }

    /** Returns the values at a support's coordinates, in their order. */
    double[] at(Support support) {
        double[] values = new double[support.count()];
        for (int j = 0; j < values.length; j++) {
            values[j] = at(support.index(j));
        }
        return values;
    }
}
