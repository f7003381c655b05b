package io.evenkeel.core.secagg;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Identifies the aggregation that a key, a share or a signature is for. All of them contain it, so none of them is
 * valid in another aggregation.
 *
 * @param run the run's name
 * @param round the round, at least 0
 * @param attempt the number of the attempt to aggregate this round, at least 0; each has new keys
 * @param basis the digest of the model and the plan that the messages are computed from
 */
public record CohortContext(String run, int round, int attempt, CohortBasis basis) {

    /** Checks the ranges. */
    public CohortContext {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(basis, "basis");
        if (round < 0 || attempt < 0) {
            throw new IllegalArgumentException(
                    "round " + round + " and attempt " + attempt + ", expected numbers of at least 0");
        }
    }

    /** Returns a purpose and the context as bytes; different contexts and purposes give different bytes. */
    byte[] bytes(String purpose) {
        byte[] label = ("evenkeel secagg 1 " + purpose).getBytes(StandardCharsets.US_ASCII);
        byte[] name = run.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(label.length + 1 + Integer.BYTES * 2 + CohortBasis.BYTES + name.length)
                .put(label)
                .put((byte) 0)
                .putInt(round)
                .putInt(attempt)
                .put(basis.toBytes())
                .put(name)
                .array();
    }
}
