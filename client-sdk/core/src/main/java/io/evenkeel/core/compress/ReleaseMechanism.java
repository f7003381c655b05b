package io.evenkeel.core.compress;

/**
 * Replaces the values of a message with those that may leave the device, as the last step of a {@link Compressor}, in
 * place of rounding. It is a mechanism of differential privacy.
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
