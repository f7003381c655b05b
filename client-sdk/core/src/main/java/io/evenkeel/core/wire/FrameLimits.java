package io.evenkeel.core.wire;

/**
 * What a reader is willing to take in, checked before memory is taken.
 *
 * @param dimension the number of coordinates d a frame must have, at least 1
 * @param maxCount the most values a frame may have, at least 0
 * @param maxBytes the most bytes a frame, or the message or update it lies in, may have, at least 1
 */
public record FrameLimits(int dimension, int maxCount, int maxBytes) {

    /**
     * @throws IllegalArgumentException if a limit is below its least value
     */
    public FrameLimits {
        check("dimension", dimension, 1);
        check("maxCount", maxCount, 0);
        check("maxBytes", maxBytes, 1);
    }

    /** Limits only by the dimension: up to d values, and as many bytes as there are. */
    public static FrameLimits of(int dimension) {
        return new FrameLimits(dimension, dimension, Integer.MAX_VALUE);
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", expected at least " + least);
        }
    }
}
