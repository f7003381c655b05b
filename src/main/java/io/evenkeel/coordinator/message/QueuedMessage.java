package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.message.Acceptance;
import io.evenkeel.engine.message.AcceptedMessage;
import io.evenkeel.engine.message.Submission;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A valid message that waits to be added to the sender's chain. Immutable as long as its byte array is not
 * modified, with one exception: before the message is passed to another thread, its decoded form may be
 * dropped and the location of its bytes may be set.
 */
public final class QueuedMessage {

    private final long run;
    private final ValidatedPlan plan;
    private final Submission submission;
    private final byte[] bytes;
    private final CompletableFuture<Acceptance> outcome = new CompletableFuture<>();
    private @Nullable Message decoded;
    private @Nullable String range;

    /**
     * @param run the run's key
     * @param plan the run's plan
     * @param client the sender
     * @param model the model it was computed on
     * @param message the message
     * @param bytes the message's canonical encoding; not copied
     */
    public QueuedMessage(long run, ValidatedPlan plan, String client, ModelName model, Message message, byte[] bytes) {
        this.run = run;
        this.plan = plan;
        this.submission =
                new Submission(client, model, message.sequence(), message.previous(), Digest.of(bytes), bytes.length);
        this.bytes = bytes;
        this.decoded = message;
    }

    long run() {
        return run;
    }

    ValidatedPlan plan() {
        return plan;
    }

    /** Returns the data that determines whether the message is accepted. */
    Submission submission() {
        return submission;
    }

    String client() {
        return submission.client();
    }

    int round() {
        return submission.round();
    }

    byte[] bytes() {
        return bytes;
    }

    /** Returns the row for this message after it was accepted. */
    StoredMessage stored(Acceptance.Added added) {
        AcceptedMessage message = added.message();
        return new StoredMessage(
                        added.sender().id(),
                        added.sender().ordinal(),
                        message.round(),
                        message.includedIn(),
                        message.sequence(),
                        message.digest(),
                        message.acceptedAt(),
                        message.bytes(),
                        bytes)
                .in(range);
    }

    /** Sets the location of the message in a segment; null for none. */
    void storedAt(@Nullable String place) {
        range = place;
    }

    /** Returns the number of bytes of the message and of its waiting request. */
    long heldBytes() {
        return bytes.length + (long) PendingResponse.REQUEST_BYTES;
    }

    /** Returns the outcome of the message, once it is known. */
    CompletableFuture<Acceptance> outcome() {
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
