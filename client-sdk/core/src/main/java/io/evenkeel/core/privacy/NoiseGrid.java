package io.evenkeel.core.privacy;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.ValueCoding;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The grid on which noise is drawn and messages lie: integers times a power of two, so that they are computed
 * and sent without rounding. Float32 messages have 24 bits: the deviation takes at most 20 of them, and
 * values beyond 2^24 steps, 16 deviations away, are cut off after the noise, which is post-processing.
 *
 * <p>If the coordinator adds the noise, messages have none and lie within the bound. The noise is added to a
 * sum of float64 values, so the grid is finer, and nothing is cut off.
 *
 * @param exponent the step is 2 to this power
 * @param bound the largest norm before noise, in steps: the bound in the definition, rounded down
 * @param deviation the noise's standard deviation, in steps: the multiplier times the bound, rounded up
 * @param limit the largest magnitude of a message's value, in steps
 */
public record NoiseGrid(int exponent, long bound, long deviation, long limit) {

    private static final int FLOAT32_BOUND_BITS = 22;
    private static final int FLOAT32_DEVIATION_BITS = 20;
    private static final int FLOAT32_BITS = 24;
    private static final int SUM_DEVIATION_BITS = 24;
    private static final int FLOAT64_BOUND_BITS = 30;
    private static final int FLOAT64_DEVIATION_BITS = 24;
    private static final int FLOAT64_BITS = 53;

    /** Returns the grid of messages to which devices add noise. */
    static NoiseGrid of(double bound, double noiseMultiplier, ValueCoding coding) {
        boolean wide = coding == ValueCoding.FLOAT64;
        NoiseGrid grid = of(bound, noiseMultiplier, wide, wide ? FLOAT64_DEVIATION_BITS : FLOAT32_DEVIATION_BITS);
        return new NoiseGrid(grid.exponent, grid.bound, grid.deviation, 1L << (wide ? FLOAT64_BITS : FLOAT32_BITS));
    }

    /** Returns the grid of messages without noise, to whose sum the coordinator adds it. */
    static NoiseGrid ofSum(double bound, double noiseMultiplier, ValueCoding coding) {
        return of(bound, noiseMultiplier, coding == ValueCoding.FLOAT64, SUM_DEVIATION_BITS);
    }

    private static NoiseGrid of(double bound, double noiseMultiplier, boolean wide, int deviationBits) {
        int boundBits = wide ? FLOAT64_BOUND_BITS : FLOAT32_BOUND_BITS;
        int exponent = Math.getExponent(bound) - boundBits;
        while (true) {
            long steps = (long) Math.scalb(bound, -exponent);
            long deviation = Math.max(1, product(noiseMultiplier, steps));
            if (steps <= 1L << boundBits && deviation <= 1L << deviationBits) {
                return new NoiseGrid(exponent, steps, deviation, steps);
            }
            exponent++;
        }
    }

    /** Returns the exact product, rounded up. */
    private static long product(double noiseMultiplier, long steps) {
        return new BigDecimal(noiseMultiplier)
                .multiply(BigDecimal.valueOf(steps))
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** Returns the value of an integer number of steps. */
    double value(long steps) {
        return Math.scalb((double) Math.max(-limit, Math.min(limit, steps)), exponent);
    }

    /** Returns whether a value is valid in a message. */
    public boolean contains(double value) {
        double steps = Math.scalb(value, -exponent);
        return steps == Math.rint(steps) && Math.abs(steps) <= limit;
    }

    /**
     * Returns whether a message's norm is within the bound. Computed with integers, exactly, for values on
     * the grid.
     */
    public boolean bounds(CompressedVector message) {
        long rest = bound * bound;
        for (int j = 0; j < message.count(); j++) {
            double value = Math.abs(Math.scalb(message.value(j), -exponent));
            if (value > bound) {
                return false;
            }
            long steps = (long) value;
            rest -= steps * steps;
            if (rest < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Draws noise for a sum of messages; the noise lies on the grid.
     *
     * @param count the number of values that the sum has
     */
    public double[] noise(int count, NoiseSource source) {
        long[] drawn = new long[count];
        source.sample(deviation, drawn);
        double[] values = new double[count];
        for (int j = 0; j < count; j++) {
            values[j] = Math.scalb((double) drawn[j], exponent);
            drawn[j] = 0;
        }
        return values;
    }
}
