package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.chain.ModelName;
import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.member.MemberRow;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A valid message that waits to be added to the sender's chain. Immutable as long as the bytes are not changed, except
 * that before it is passed to another thread, the decoded message may be dropped and the location of its bytes is set.
 */
public final class Submission {

    private final long run;
    private final ValidatedPlan plan;
    private final String client;
    private final ModelName model;
    private final long sequence;
    private final long previous;
    private final long digest;
    private final byte[] bytes;
    private final CompletableFuture<BatchAcceptance.Outcome> outcome = new CompletableFuture<>();
    private @Nullable Message decoded;
    private @Nullable String range;

    /**
     * @param run the run's key
     * @param plan the run's plan
     * @param client the sender
     * @param model the model it was computed on
     * @param message the message
     * @param bytes its canonical encoding; not copied
     */
    public Submission(long run, ValidatedPlan plan, String client, ModelName model, Message message, byte[] bytes) {
        this.run = run;
        this.plan = plan;
        this.client = client;
        this.model = model;
        this.sequence = message.sequence();
        this.previous = message.previous();
        this.digest = Digest.of(bytes);
        this.bytes = bytes;
        this.decoded = message;
    }

    long run() {
        return run;
    }

    ValidatedPlan plan() {
        return plan;
    }

    String client() {
        return client;
    }

    int round() {
        return model.round();
    }

    ModelName model() {
        return model;
    }

    long sequence() {
        return sequence;
    }

    long previous() {
        return previous;
    }

    long digest() {
        return digest;
    }

    byte[] bytes() {
        return bytes;
    }

    /**
     * Returns the row for this message once it is accepted.
     *
     * @param member the sender's membership
     * @param includedIn the round whose sum contains it
     */
    StoredMessage stored(MemberRow member, int includedIn, Instant acceptedAt) {
        return new StoredMessage(
                        member.id(),
                        member.ordinal(),
                        model.round(),
                        includedIn,
                        sequence,
                        digest,
                        acceptedAt,
                        bytes.length,
                        bytes)
                .in(range);
    }

    /** Sets the location of the message in a segment; null for none. */
    void storedAt(@Nullable String place) {
        range = place;
    }

    /** Returns the bytes of the message and of its waiting request. */
    long heldBytes() {
        return bytes.length + (long) PendingResponse.REQUEST_BYTES;
    }

    /** Returns the outcome of the message, once it is known. */
    CompletableFuture<BatchAcceptance.Outcome> outcome() {
        return outcome;
    }

    /** Returns the message; null once it has been dropped. */
    @Nullable
    Message decoded() {
        return decoded;
    }

    /** Drops the decoded message, to free its memory. */
    void dropDecoded() {
        decoded = null;
    }
}
