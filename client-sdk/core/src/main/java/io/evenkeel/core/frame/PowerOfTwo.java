package io.evenkeel.core.frame;

/** Computes with powers of two over the whole range of a double, including subnormal values. */
final class PowerOfTwo {

    static final int MIN_EXPONENT = -1074;

    private static final int FRACTION_BITS = 52;
    private static final long FRACTION = (1L << FRACTION_BITS) - 1;

    private PowerOfTwo() {}

    /** Returns floor(log2 |value|) of a finite, non-zero value. */
    static int exponent(double value) {
        long bits = Double.doubleToRawLongBits(Math.abs(value));
        int biased = (int) (bits >>> FRACTION_BITS);
        return biased > 0 ? biased - Double.MAX_EXPONENT : 63 - Long.numberOfLeadingZeros(bits) + MIN_EXPONENT;
    }

    /** Returns whether the magnitude of a finite value is a power of two. */
    static boolean is(double value) {
        long bits = Double.doubleToRawLongBits(Math.abs(value));
        return bits > FRACTION ? (bits & FRACTION) == 0 : Long.bitCount(bits) == 1;
    }

    /** Returns 2^exponent for an exponent from -1074 to 1023. */
    static double of(int exponent) {
        return Double.longBitsToDouble(
                exponent >= Double.MIN_EXPONENT
                        ? (exponent + (long) Double.MAX_EXPONENT) << FRACTION_BITS
                        : 1L << (exponent - MIN_EXPONENT));
    }
}
