package io.evenkeel.core.compress;

/**
 * Replaces the values of a message with values that may leave the device. This is the last step of a
 * {@link Compressor}, and replaces rounding. It is a mechanism of differential privacy.
 */
@FunctionalInterface
public interface ReleaseMechanism {

    /**
     * Replaces the values in place with values that the compressor's coding represents exactly.
     *
     * @param values the values at the selected coordinates, finite
     */
    void release(double[] values);
}
