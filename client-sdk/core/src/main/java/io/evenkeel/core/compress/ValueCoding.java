package io.evenkeel.core.compress;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import java.util.function.DoubleUnaryOperator;

/**
 * The coding of values in a frame. A value is rounded to what its coding can represent before it is sent.
 *
 * <p>The ids and texts are permanent, since frames and configurations contain them.
 */
public enum ValueCoding {
    /** 32-bit IEEE 754, rounded to nearest even; magnitudes beyond its range become its largest value. */
    FLOAT32(0, "float32", "32 bits a value.", 0x1.0p-24, Float.MAX_VALUE, 0x1.0p-150),
    /** 64-bit IEEE 754: exact. */
    FLOAT64(1, "float64", "64 bits a value: exact.", 0, Double.MAX_VALUE, 0),
    /**
     * The upper 16 bits of a float32, rounded to nearest even; magnitudes beyond its range become its largest
     * value.
     */
    BF16(2, "bf16", "16 bits a value.", 0x1.0p-8, 0x1.FEp127, 0x1.0p-134),
    /**
     * Sign and the nearest power of two, ties to the smaller (Horváth et al., "Natural compression for
     * distributed deep learning", but rounding to nearest instead of at random). Magnitudes more than 126
     * powers of two below the message's largest become zero: an error of at most 2^-126 of the largest,
     * negligible compared with the largest value's own error of 1/3.
     */
    NATURAL(3, "natural", "8 bits a value: sign and nearest power of two.", 1.0 / 3, 0x1.8p1023, 0),
    /**
     * Signs and one scale, the mean magnitude as a float32 (saturated at float32's largest value); a zero
     * counts as positive.
     */
    SIGN(4, "sign", "1 bit a value, and the mean magnitude.", Double.NaN, Float.MAX_VALUE, 0x1.0p-150),
    /**
     * Sign and one of two levels per octave below the message's largest magnitude, see {@link LogScale}, as a
     * Huffman code: 2 to 4 bits per value after Top-K. Magnitudes below 2^-32 of the largest become zero.
     */
    LOG4(
            5,
            "log:4",
            "Sign and one of 2 levels an octave, as a Huffman code.",
            LogScale.relativeError(1),
            Float.MAX_VALUE,
            0x1.0p-150),
    /** Like {@link #LOG4}, with four levels per octave: 2.5 to 5 bits per value. */
    LOG5(
            6,
            "log:5",
            "Sign and one of 4 levels an octave, as a Huffman code.",
            LogScale.relativeError(2),
            Float.MAX_VALUE,
            0x1.0p-150),
    /** Like {@link #LOG4}, with 8 levels per octave: 3 to 6 bits per value. */
    LOG6(
            7,
            "log:6",
            "Sign and one of 8 levels an octave, as a Huffman code.",
            LogScale.relativeError(3),
            Float.MAX_VALUE,
            0x1.0p-150),
    /** Like {@link #LOG4}, with 16 levels per octave: 4 to 7 bits per value. */
    LOG7(
            8,
            "log:7",
            "Sign and one of 16 levels an octave, as a Huffman code.",
            LogScale.relativeError(4),
            Float.MAX_VALUE,
            0x1.0p-150),
    /** Like {@link #LOG4}, with 32 levels per octave: 5 to 8 bits per value. */
    LOG8(
            9,
            "log:8",
            "Sign and one of 32 levels an octave, as a Huffman code.",
            LogScale.relativeError(5),
            Float.MAX_VALUE,
            0x1.0p-150);

    /** The number of exponents {@link #NATURAL} distinguishes in a message: 2^e_max down to 2^(e_max - 126). */
    static final int NATURAL_EXPONENTS = 127;

    private static final int BF16_DROPPED_BITS = 45;
    private static final int MIN_EXPONENT = -1074;

    private final int id;
    private final Entry entry;
    private final double relativeError;
    private final double largest;
    private final double absoluteError;

    ValueCoding(int id, String text, String summary, double relativeError, double largest, double absoluteError) {
        this.id = id;
        Entry all = Entry.of(text, summary);
        // Noise and masks need values that are sent without rounding.
        this.entry = id <= 1 ? all : all.excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);
        this.relativeError = relativeError;
        this.largest = largest;
        this.absoluteError = absoluteError;
    }

    /** Returns the id in frames, 0 to 15. */
    public int id() {
        return id;
    }

    /** Returns the name in configuration. */
    public String text() {
        return entry.name();
    }

    /** Returns the catalogue entry. */
    public Entry entry() {
        return entry;
    }

    /** Returns whether this is one of {@link #LOG4} to {@link #LOG8}. */
    public boolean isLog() {
        return compareTo(LOG4) >= 0;
    }

    /**
     * Returns delta, the largest relative error of values up to {@link #largest()}; for tiny values
     * {@link #absoluteError()} applies instead. NaN for {@link #SIGN}, which has no such bound.
     */
    public double relativeError() {
        return relativeError;
    }

    /**
     * Returns the magnitude up to which {@link #relativeError()} holds. Larger values saturate: they become
     * smaller, never infinite.
     */
    public double largest() {
        return largest;
    }

    /**
     * Returns the largest error of values below the coding's normal range, half the distance between its smallest
     * values: 2^-150 for float32 and for codings with a float32 scale, 2^-134 for bf16, 0 for the others.
     */
    public double absoluteError() {
        return absoluteError;
    }

    /**
     * Rounds finite values in place to values that this coding can represent.
     *
     * @param values the values of one message, all finite
     */
    public void round(double[] values) {
        switch (this) {
            case FLOAT64 -> {}
            case FLOAT32 -> roundEach(values, ValueCoding::toFloat32);
            case BF16 -> roundEach(values, ValueCoding::toBf16);
            case NATURAL -> roundToPowersOfTwo(values);
            case SIGN -> roundToSigns(values);
            case LOG4, LOG5, LOG6, LOG7, LOG8 -> LogScale.of(this).round(values);
        }
    }

    private static void roundEach(double[] values, DoubleUnaryOperator rounding) {
        for (int j = 0; j < values.length; j++) {
            values[j] = rounding.applyAsDouble(values[j]);
        }
    }

    /** Returns the nearest float32, ties to even, or the largest float32 of the same sign. */
    static double toFloat32(double value) {
        float rounded = (float) value;
        return Float.isInfinite(rounded) ? Math.copySign(Float.MAX_VALUE, rounded) : rounded;
    }

    /** Rounds the double directly: rounding to float32 first would round twice. */
    private static double toBf16(double value) {
        if (Math.abs(value) < Float.MIN_NORMAL) {
            return Math.rint(value * 0x1.0p133) * 0x1.0p-133;
        }
        long bits = Double.doubleToRawLongBits(value);
        long even = (bits >>> BF16_DROPPED_BITS) & 1;
        long rounded = bits + (1L << (BF16_DROPPED_BITS - 1)) - 1 + even;
        rounded &= -(1L << BF16_DROPPED_BITS);
        double result = Double.longBitsToDouble(rounded);
        return Math.abs(result) > BF16.largest ? Math.copySign(BF16.largest, value) : result;
    }

    private static void roundToPowersOfTwo(double[] values) {
        double largest = 0;
        for (int j = 0; j < values.length; j++) {
            values[j] = nearestPowerOfTwo(values[j]);
            largest = Math.max(largest, Math.abs(values[j]));
        }
        double smallest = Math.scalb(largest, -NATURAL_EXPONENTS + 1);
        for (int j = 0; j < values.length; j++) {
            if (Math.abs(values[j]) < smallest) {
                values[j] = 0;
            }
        }
    }

    private static double nearestPowerOfTwo(double value) {
        double magnitude = Math.abs(value);
        if (magnitude == 0) {
            return 0;
        }
        double lower = magnitude < Double.MIN_NORMAL
                ? Math.scalb(1.0, 63 - Long.numberOfLeadingZeros(Double.doubleToRawLongBits(magnitude)) + MIN_EXPONENT)
                : Math.scalb(1.0, Math.getExponent(magnitude));
        boolean up = magnitude - lower > lower / 2 && lower < 0x1.0p1023;
        return Math.copySign(up ? 2 * lower : lower, value);
    }

    private static void roundToSigns(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        double sum = 0;
        if (largest > 0) {
            for (double value : values) {
                sum += Math.abs(value) / largest;
            }
        }
        double scale = values.length == 0 ? 0 : toFloat32(sum / values.length * largest);
        for (int j = 0; j < values.length; j++) {
            values[j] = values[j] < 0 && scale > 0 ? -scale : scale;
        }
    }
}
