package io.evenkeel.core.compress;

/**
 * The levels of the {@code log} codings: magnitudes spaced by equal ratios below a message's largest
 * magnitude.
 *
 * <p>Level i is T(i) times the largest magnitude, where T(i) = 2^(-i/n) for n levels per octave, over 32
 * octaves; smaller magnitudes become zero. A magnitude is rounded to the nearest level, so its relative error
 * is at most (1 - r) / (1 + r) for the ratio r = 2^(-1/n) of two neighbours. The largest is a float32.
 *
 * <p>The powers are products of repeated square roots of 1/2. All operations are correctly rounded, so the
 * bits are the same on every machine and in every language. Immutable.
 */
public final class LogScale {

    /**
     * Magnitudes below 2^-32 times the largest are dropped. The squares of 2^31 such values add up to at most 2^-33
     * times the square of the largest.
     */
    private static final int OCTAVES = 32;

    private static final int FRACTION_BITS = 52;
    private static final long FRACTION = (1L << FRACTION_BITS) - 1;
    private static final long BIASED_HALF = 1022L << FRACTION_BITS;

    /** A margin for rounding levels and quotients to doubles. */
    private static final double ROUNDING = 0x1.0p-50;

    private static final LogScale[] OF_SHIFT = {
        new LogScale(0), new LogScale(1), new LogScale(2), new LogScale(3), new LogScale(4), new LogScale(5)
    };

    private final int shift;
    private final double[] powers;
    private final double[] borders;

    /** Divides an octave into {@code 2^shift} levels. */
    private LogScale(int shift) {
        this.shift = shift;
        int steps = 1 << shift;
        powers = new double[steps];
        for (int step = 0; step < steps; step++) {
            powers[step] = power(step, shift);
        }
        borders = new double[steps];
        for (int step = 0; step < steps; step++) {
            double below = step + 1 < steps ? powers[step + 1] : 0.5;
            borders[step] = (powers[step] + below) / 2;
        }
    }

    /** Returns 2^(-step / 2^shift). */
    private static double power(int step, int shift) {
        double power = 1;
        double root = 0.5;
        for (int bit = shift - 1; bit >= 0; bit--) {
            root = Math.sqrt(root);
            if ((step >>> bit & 1) != 0) {
                power *= root;
            }
        }
        return power;
    }

    /**
     * Returns the scale of {@code log:4} to {@code log:8}: 2, 4, 8, 16 or 32 levels per octave.
     *
     * @throws IllegalArgumentException if the coding is not a log coding
     */
    public static LogScale of(ValueCoding coding) {
        return switch (coding) {
            case LOG4 -> OF_SHIFT[1];
            case LOG5 -> OF_SHIFT[2];
            case LOG6 -> OF_SHIFT[3];
            case LOG7 -> OF_SHIFT[4];
            case LOG8 -> OF_SHIFT[5];
            default -> throw new IllegalArgumentException(coding.text() + " has no levels: only log:4 to log:8 have");
        };
    }

    /**
     * Returns (1 - r) / (1 + r) for {@code 2^shift} levels per octave, plus a margin for the rounding of
     * doubles.
     */
    static double relativeError(int shift) {
        double ratio = power(1, shift);
        return (1 - ratio) / (1 + ratio) + ROUNDING;
    }

    /** Returns the number of levels, which is also the code of zero. */
    public int levels() {
        return OCTAVES << shift;
    }

    /**
     * Returns the level of a magnitude, or {@link #levels()} for zero.
     *
     * @param magnitude finite, at least 0
     * @param largest the magnitude of level 0: a float32, finite, at least 0
     */
    public int level(double magnitude, double largest) {
        double ratio = largest == 0 ? 0 : magnitude / largest;
        if (ratio >= borders[0]) {
            return 0;
        }
        int octave = -1 - Math.getExponent(ratio);
        if (octave >= OCTAVES) {
            return levels();
        }
        double withinOctave = Double.longBitsToDouble((Double.doubleToRawLongBits(ratio) & FRACTION) | BIASED_HALF);
        int step = 0;
        for (int half = borders.length >>> 1; half > 0; half >>>= 1) {
            if (withinOctave < borders[step + half - 1]) {
                step += half;
            }
        }
        if (withinOctave < borders[step]) {
            step++;
        }
        return (octave << shift) + step;
    }

    /** Returns the magnitude of a level, or 0 for {@link #levels()}. */
    public double magnitude(int level, double largest) {
        if (level == levels()) {
            return 0;
        }
        int octave = level >>> shift;
        // Multiplying by a power of two is exact: the largest is a float32, so no subnormal double occurs.
        return largest * powers[level & (powers.length - 1)] / (1L << octave);
    }

    /** Rounds finite values in place to levels of their largest magnitude, keeping their signs. */
    void round(double[] values) {
        double most = 0;
        for (double value : values) {
            most = Math.max(most, Math.abs(value));
        }
        double largest = ValueCoding.toFloat32(most);
        for (int j = 0; j < values.length; j++) {
            double magnitude = Math.abs(values[j]);
            // Subnormal float32 values are far apart, so the largest magnitude can be nearer to a lower level
            // than to its own rounded value.
            double rounded = magnitude == most ? largest : magnitude(level(magnitude, largest), largest);
            values[j] = Math.copySign(rounded, values[j]);
        }
    }
}
