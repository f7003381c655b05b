package io.evenkeel.client.internal.state;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.wire.Digest;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A saved message to which the coordinator has not responded yet. */
public final class Pending {

    private final int round;
    private final @Nullable String history;
    private final long sequence;
    private final long digest;
    private final byte[] message;
    private final byte @Nullable [] salt;
    private final @Nullable CohortBasis basis;
    private final OptionalDouble loss;
    private final Staged staged;

    /**
     * @param history the history of the round's model; null if the coordinator gave none
     * @param salt the salt of the digest if the message itself is never sent, else null
     * @param basis the digest of the model and the plan that it was computed from, if there is a salt
     * @param loss the loss in its report
     */
    Pending(
            int round,
            @Nullable String history,
            long sequence,
            byte[] message,
            byte @Nullable [] salt,
            @Nullable CohortBasis basis,
            OptionalDouble loss,
            Staged staged) {
        this.round = round;
        this.history = history;
        this.sequence = sequence;
        this.digest = salt == null ? Digest.of(message) : Digest.salted(salt, message);
        this.message = message;
        this.salt = salt;
        this.basis = basis;
        this.loss = loss;
        this.staged = staged;
    }

    /** Returns the round of the model from which it was computed. */
    public int round() {
        return round;
    }

    /** Returns the history of that model, null if it is not known. */
    public @Nullable String history() {
        return history;
    }

    /** Returns the message's number. */
    public long sequence() {
        return sequence;
    }

    /** Returns the message's digest. */
    public long digest() {
        return digest;
    }

    /** Returns the message's bytes, not copied. */
    public byte[] message() {
        return message;
    }

    /** Returns the loss in the message's report. */
    public OptionalDouble loss() {
        return loss;
    }

    /** Returns the vector in the message. */
    public CompressedVector delta() {
        return staged.delta();
    }

    /**
     * Returns the digest of the model and the plan that the message was computed from, with secure aggregation.
     *
     * @throws IllegalStateException if the message is sent itself
     */
    public CohortBasis basis() {
        if (basis == null) {
            throw new IllegalStateException("message " + sequence + " is sent itself");
        }
        return basis;
    }

    byte @Nullable [] salt() {
        return salt;
    }

    Staged staged() {
        return staged;
    }
}
