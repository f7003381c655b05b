package io.evenkeel.core.privacy;

import io.evenkeel.core.compress.ValueCoding;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The grid on which noise is drawn and messages lie: integers times a power of two, so that neither computing nor sending them
 * rounds. Float32 messages have 24 bits: the deviation takes at most 20 of them, and values beyond 2^24 steps, 16 deviations away,
 * are cut off after the noise, which is post-processing.
 *
 * @param exponent the step is 2 to this power
 * @param bound the largest norm before noise, in steps: the definition's, rounded down
 * @param deviation the noise's standard deviation, in steps: the multiplier times the bound, rounded up
 * @param limit the largest magnitude of a message's value, in steps
 */
public record NoiseGrid(int exponent, long bound, long deviation, long limit) {

    private static final int FLOAT32_BOUND_BITS = 22;
    private static final int FLOAT32_DEVIATION_BITS = 20;
    private static final int FLOAT32_BITS = 24;
    private static final int FLOAT64_BOUND_BITS = 30;
    private static final int FLOAT64_DEVIATION_BITS = 24;
    private static final int FLOAT64_BITS = 53;

    static NoiseGrid of(double bound, double noiseMultiplier, ValueCoding coding) {
        boolean wide = coding == ValueCoding.FLOAT64;
        long mostBound = 1L << (wide ? FLOAT64_BOUND_BITS : FLOAT32_BOUND_BITS);
        long mostDeviation = 1L << (wide ? FLOAT64_DEVIATION_BITS : FLOAT32_DEVIATION_BITS);
        int exponent = Math.getExponent(bound) - (wide ? FLOAT64_BOUND_BITS : FLOAT32_BOUND_BITS);
        while (true) {
            long steps = (long) Math.scalb(bound, -exponent);
            long deviation = Math.max(1, product(noiseMultiplier, steps));
            if (steps <= mostBound && deviation <= mostDeviation) {
                return new NoiseGrid(exponent, steps, deviation, 1L << (wide ? FLOAT64_BITS : FLOAT32_BITS));
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

    /** Returns whether a message can have a value. */
    public boolean contains(double value) {
        double steps = Math.scalb(value, -exponent);
        return steps == Math.rint(steps) && Math.abs(steps) <= limit;
    }
}
