package io.evenkeel.core.privacy;

import java.util.Arrays;

/** A source of integer noise with mean 0. */
@FunctionalInterface
public interface NoiseSource {

    /** Adds no noise. A release with this source only bounds the values and rounds them to the grid. */
    NoiseSource SILENT = (deviation, into) -> Arrays.fill(into, 0);

    /**
     * Fills an array with independent samples.
     *
     * @param deviation the standard deviation's parameter, at least 1
     */
    void sample(long deviation, long[] into);
}
