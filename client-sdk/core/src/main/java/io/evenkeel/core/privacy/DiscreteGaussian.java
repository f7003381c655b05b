package io.evenkeel.core.privacy;

import java.util.Arrays;

/**
 * Samples the discrete Gaussian exactly: each integer y with a probability proportional to
 * {@code exp(-y^2 / (2 s^2))} (Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy",
 * NeurIPS 2020, Algorithms 1 to 3).
 *
 * <p>It draws a discrete Laplace sample and accepts it with a probability that turns it into a Gaussian. All
 * arithmetic is on integers, so a sample reveals nothing through the rounding of floating-point numbers
 * (Mironov, "On significance of the least significant bits for differential privacy", 2012). The time taken
 * depends on the samples. Not thread-safe.
 */
public final class DiscreteGaussian implements NoiseSource {

    /** The largest parameter s for which no intermediate number overflows. */
    public static final long LARGEST_DEVIATION = 1L << 24;

    private static final int BUFFER_BYTES = 1024;
    private static final int BYTE_VALUES = 256;
    private static final int BYTE_MASK = 255;

    private final EntropySource entropy;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used = BUFFER_BYTES;

    /** Creates a sampler that draws from a source. */
    public DiscreteGaussian(EntropySource entropy) {
        this.entropy = entropy;
    }

    @Override
    public void sample(long deviation, long[] into) {
        if (deviation < 1 || deviation > LARGEST_DEVIATION) {
            throw new IllegalArgumentException(
                    "the deviation is " + deviation + ", expected an integer from 1 to " + LARGEST_DEVIATION);
        }
        for (int j = 0; j < into.length; j++) {
            into[j] = sample(deviation);
        }
        Arrays.fill(buffer, 0, used, (byte) 0);
    }

    private long sample(long s) {
        while (true) {
            long y = laplace(s);
            long distance = Math.abs(y) - s;
            // exp(-|y|/s) exp(-(|y| - s)^2 / (2 s^2)) is proportional to exp(-y^2 / (2 s^2)).
            if (bernoulliExp(distance * distance, 2 * s * s)) {
                return y;
            }
        }
    }

    /** Samples the discrete Laplace distribution: y with a probability proportional to {@code exp(-|y|/scale)}. */
    long laplace(long scale) {
        while (true) {
            long u = below(scale);
            if (!bernoulliExp(u, scale)) {
                continue;
            }
            long v = 0;
            while (bernoulliExp(1, 1)) {
                v++;
            }
            long magnitude = u + scale * v;
            boolean negative = (nextByte() & 1) == 1;
            // Otherwise zero could be drawn in two ways.
            if (magnitude != 0 || !negative) {
                return negative ? -magnitude : magnitude;
            }
        }
    }

    /** Returns true with probability {@code exp(-numerator/denominator)}, for a numerator of at least 0. */
    boolean bernoulliExp(long numerator, long denominator) {
        for (long whole = numerator / denominator; whole > 0; whole--) {
            if (!bernoulliExpUpToOne(1, 1)) {
                return false;
            }
        }
        return bernoulliExpUpToOne(numerator % denominator, denominator);
    }

    private boolean bernoulliExpUpToOne(long numerator, long denominator) {
        long k = 1;
        while (bernoulli(numerator, denominator * k)) {
            k++;
        }
        return (k & 1) == 1;
    }

    /**
     * Returns true with probability {@code numerator/denominator}: compares the fraction's base-256 digits with random
     * ones, up to the first that differs.
     */
    private boolean bernoulli(long numerator, long denominator) {
        if (numerator >= denominator) {
            return true;
        }
        long rest = numerator;
        while (rest > 0) {
            rest *= BYTE_VALUES;
            long digit = rest / denominator;
            rest %= denominator;
            int random = nextByte();
            if (random != digit) {
                return random < digit;
            }
        }
        return false;
    }

    private long below(long bound) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(bound - 1);
        while (true) {
            long value = 0;
            for (int taken = 0; taken < bits; taken += Byte.SIZE) {
                value = value << Byte.SIZE | nextByte();
            }
            value &= (1L << bits) - 1;
            if (value < bound) {
                return value;
            }
        }
    }

    private int nextByte() {
        if (used == buffer.length) {
            entropy.fill(buffer);
            used = 0;
        }
        return buffer[used++] & BYTE_MASK;
    }
}
