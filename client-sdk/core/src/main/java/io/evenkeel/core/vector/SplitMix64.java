package io.evenkeel.core.vector;

/**
 * A small generator of seeded random bits, the same on every platform. client-sdk/FORMAT.md specifies it for
 * other SDKs.
 *
 * <p>Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014. Not for secrets. Not
 * thread-safe.
 */
public final class SplitMix64 {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /** Starts a sequence; equal seeds give equal sequences. */
    public SplitMix64(long seed) {
        state = seed;
    }

    /** Returns the next 64 bits. */
    public long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /**
     * Returns a number uniform in {@code 0 <= n < bound}.
     *
     * @param bound at least 1
     */
    public int next(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound is " + bound + ", expected at least 1");
        }
        // Numbers in the last, incomplete multiple of the bound are drawn again: their remainders would be biased.
        while (true) {
            long bits = next() >>> 1;
            long n = bits % bound;
            if (bits - n + (bound - 1) >= 0) {
                return (int) n;
            }
        }
    }

    /** Returns a number uniform in [0, 1), a multiple of 2^-53. */
    public double nextDouble() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    /**
     * Returns a seed that depends on every bit of both arguments, so that each (run, client, round) has its
     * own sequence.
     */
    public static long derive(long seed, long with) {
        return mix(mix(seed + GOLDEN_GAMMA) ^ (with * GOLDEN_GAMMA + 1));
    }

    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
