package io.evenkeel.core.frame;

/**
 * The limits of a reader, checked before memory is allocated.
 *
 * @param dimension the number of coordinates d a frame must have, at least 1
 * @param maxCount the maximum number of values in a frame, at least 0
 * @param maxBytes the maximum number of bytes of a frame, or of the message or update that contains it; at least 1
 */
public record FrameLimits(int dimension, int maxCount, int maxBytes) {

    /**
     * @throws IllegalArgumentException if a limit is below its minimum
     */
    public FrameLimits {
        check("dimension", dimension, 1);
        check("maxCount", maxCount, 0);
        check("maxBytes", maxBytes, 1);
    }

    /** Returns limits on the dimension only: up to d values, and any number of bytes. */
    public static FrameLimits of(int dimension) {
        return new FrameLimits(dimension, dimension, Integer.MAX_VALUE);
    }

    private static void check(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", expected at least " + least);
        }
    }
}
