package io.evenkeel.core.secagg;

import io.evenkeel.core.compress.ReleaseMechanism;

/**
 * Rounds a message's values to the fixed point, so that error feedback later sends the part that the masked vector
 * drops. The values may need more bits than float32 has, so the compressor's coding must be float64. Immutable.
 */
public final class FixedPointRelease implements ReleaseMechanism {

    private final FixedPoint coding;

    /** @param coding the coding of the values in the masked vector */
    public FixedPointRelease(FixedPoint coding) {
        this.coding = coding;
    }

    @Override
    public void release(double[] values) {
        for (int j = 0; j < values.length; j++) {
            values[j] = coding.decode(coding.encode(values[j]));
        }
    }
}
