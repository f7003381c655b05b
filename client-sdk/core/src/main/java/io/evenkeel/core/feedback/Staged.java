package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.CompressedVector;
import org.jspecify.annotations.Nullable;

/**
 * A computed message that waits for the coordinator's answer, to be committed or discarded. Immutable as long as the caller does
 * not change the carry array.
 */
public final class Staged {

    private final CompressedVector delta;
    private final double @Nullable [] carry;

    /**
     * @param delta the vector to send
     * @param carry what the method needs besides delta to commit, d values, or null; not copied
     */
    public Staged(CompressedVector delta, double @Nullable [] carry) {
        this.delta = delta;
        this.carry = carry;
    }

    /** Returns the vector to send: exactly what the coordinator decodes and adds. */
    public CompressedVector delta() {
        return delta;
    }

    /** Returns what must be saved with a staged message to survive a restart, d values, or null if delta is enough. */
    public double @Nullable [] carry() {
        return carry;
    }
}
