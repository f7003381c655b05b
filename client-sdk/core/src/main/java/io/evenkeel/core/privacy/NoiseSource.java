package io.evenkeel.core.privacy;

/** A source of integer noise with mean 0. */
@FunctionalInterface
public interface NoiseSource {

    /**
     * Fills an array with independent samples.
     *
     * @param deviation the standard deviation's parameter, at least 1
     */
    void sample(long deviation, long[] into);
}
