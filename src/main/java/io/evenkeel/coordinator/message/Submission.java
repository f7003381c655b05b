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
 * A valid message that waits for its place in the sender's chain. Immutable as long as the bytes are not changed, except that before the
 * submission is passed to another thread, the decoded message may be dropped, and the place of its bytes is noted.
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
     * @param client who sent it
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
     * @param includedIn the round in whose sum it is
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

    /** Notes where in a segment the message is; null for none. */
    void storedAt(@Nullable String place) {
        range = place;
    }

    /** Returns the bytes of the message and of its request, which waits with it. */
    long heldBytes() {
        return bytes.length + (long) PendingResponse.REQUEST_BYTES;
    }

    /** Returns what becomes of the message. */
    CompletableFuture<BatchAcceptance.Outcome> outcome() {
        return outcome;
    }

    /** Returns the message; null once it was dropped. */
    @Nullable
    Message decoded() {
        return decoded;
    }

    /** Drops the decoded message, to use no memory for it. */
    void dropDecoded() {
        decoded = null;
    }
}
