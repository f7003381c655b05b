package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.CompressedVector;
import org.jspecify.annotations.Nullable;

/**
 * A message that has been computed but not yet accounted for: kept until the coordinator's answer is known, then committed or
 * forgotten. Immutable, if the carry array is left alone.
 */
public final class Staged {

    private final CompressedVector delta;
    private final double @Nullable [] carry;

    /**
     * @param delta what is sent
     * @param carry what the method must remember besides delta to commit, d values, or null; not copied
     */
    public Staged(CompressedVector delta, double @Nullable [] carry) {
        this.delta = delta;
        this.carry = carry;
    }

    /** Returns what is sent: exactly what the coordinator decodes and adds. */
    public CompressedVector delta() {
        return delta;
    }

    /** Returns what must be kept with a staged message to survive a restart, d values, or null if delta is all. */
    public double @Nullable [] carry() {
        return carry;
    }
}
