package io.evenkeel.client.internal.state;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.wire.Digest;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A saved message that the coordinator has not answered yet.
 *
 * @param round the round of the model on which it was computed
 * @param sequence its number
 * @param message its bytes
 * @param salt that of the digest if the message itself is never sent, else null
 * @param basis the digest of the model and the plan that it was computed from, if there is a salt
 * @param loss the loss in its report
 */
@SuppressWarnings("ArrayRecordComponent") // Not copied, and never compared.
public record Pending(
        int round,
        long sequence,
        byte[] message,
        byte @Nullable [] salt,
        @Nullable CohortBasis basis,
        OptionalDouble loss,
        Staged staged) {

    public long digest() {
        return salt == null ? Digest.of(message) : Digest.salted(salt, message);
    }

    /** Returns the vector in the message. */
    public CompressedVector delta() {
        return staged.delta();
    }

    /**
     * Returns the basis, with secure aggregation.
     *
     * @throws IllegalStateException if the message is sent itself
     */
    public CohortBasis requireBasis() {
        if (basis == null) {
            throw new IllegalStateException("message " + sequence + " is sent itself");
        }
        return basis;
    }
}
