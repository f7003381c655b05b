package io.evenkeel.trial.learn;

import io.evenkeel.core.vector.SplitMix64;

/**
 * Seeded normally distributed numbers, bit-identical on every JVM.
 *
 * <p>The polar method: Marsaglia, Bray, "A Convenient Method for Generating Normal Variables", SIAM Review 1964. Not
 * thread-safe.
 */
public final class NormalNumbers {

    private final SplitMix64 random;
    private double spare = Double.NaN;

    /** Starts a sequence; equal seeds give equal sequences. */
    public NormalNumbers(long seed) {
        random = new SplitMix64(seed);
    }

    /** Returns the next number, with mean 0 and variance 1. */
    public double next() {
        if (!Double.isNaN(spare)) {
            double held = spare;
            spare = Double.NaN;
            return held;
        }
        while (true) {
            double u = 2 * random.nextDouble() - 1;
            double v = 2 * random.nextDouble() - 1;
            double square = u * u + v * v;
            if (square > 0 && square < 1) {
                double factor = Math.sqrt(-2 * StrictMath.log(square) / square);
                spare = v * factor;
                return u * factor;
            }
        }
    }
}
