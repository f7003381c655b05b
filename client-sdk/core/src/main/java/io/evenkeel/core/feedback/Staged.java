package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.CompressedVector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A computed message. It is committed or discarded depending on the coordinator's response. Immutable as long
 * as the caller does not change the carried arrays. The gradient's array may be reused after the commit or
 * discard.
 */
public final class Staged {

    private final CompressedVector delta;
    private final List<double[]> carry;

    /**
     * @param delta the vector to send
     * @param carry the vectors that the method needs besides delta to commit, d values each; not copied
     */
    public Staged(CompressedVector delta, List<double[]> carry) {
        this.delta = delta;
        this.carry = List.copyOf(carry);
    }

    /** Returns the vector to send: exactly what the coordinator decodes and adds. */
    public CompressedVector delta() {
        return delta;
    }

    /**
     * Returns the vectors that must be saved with a staged message to survive a restart, d values each:
     * {@code [m]} with momentum, {@code [v, x]} with IGT and STORM, {@code [beta e + gradient]} for EF14,
     * none if delta suffices.
     */
    public List<double[]> carry() {
        return carry;
    }

    /** Returns the carried vectors, after checking that there are {@code count} of them. */
    List<double[]> carry(FeedbackMethod method, int count) {
        if (carry.size() != count) {
            throw new IllegalArgumentException("a staged message of " + method.text() + " carries " + count
                    + " vectors, but this one carries " + carry.size() + ": commit what its stage returned");
        }
        return carry;
    }

    /**
     * Copies a carried vector into a state's vector, or into a new one if the state's is null, since the
     * caller may reuse the carried array.
     */
    static double[] copied(double[] carried, double @Nullable [] vector) {
        if (vector == null) {
            return carried.clone();
        }
        System.arraycopy(carried, 0, vector, 0, vector.length);
        return vector;
    }
}
