package io.evenkeel.coordinator.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An event for a webhook, with the state of its delivery.
 *
 * @param id its id, ascending
 * @param eventId the event's id, the same in every attempt and for every webhook
 * @param type the type of the event
 * @param run the run, null for a test
 * @param state its state
 * @param attempts the number of attempts that were started
 * @param createdAt when it was created
 * @param attemptedAt the last attempt, if there was one
 * @param nextAttemptAt the next attempt, while it is pending
 * @param status the HTTP status of the last response, if there was one
 * @param error why the last attempt failed, if it did
 */
@Schema(name = "WebhookDelivery")
@JsonInclude(JsonInclude.Include.NON_NULL)
record Delivery(
        long id,
        String eventId,
        String type,
        @Nullable String run,
        State state,
        int attempts,
        Instant createdAt,
        @Nullable Instant attemptedAt,
        @Nullable Instant nextAttemptAt,
        @Nullable Integer status,
        @Nullable String error) {

    /** The state of a delivery. */
    enum State {
        /** The delivery waits for its first or next attempt, or an attempt is in progress. */
        PENDING,
        /** The receiver has responded with 2xx. */
        DELIVERED,
        /** All attempts failed. */
        FAILED;

        /** Returns the name in responses. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A delivery that this coordinator has taken to send.
     *
     * @param id its id
     * @param attempt the number of this attempt, from 1
     * @param url the address to send it to
     * @param secret the secret that signs it
     * @param eventId the event's id
     * @param payload the body
     */
    record Taken(long id, int attempt, String url, String secret, String eventId, String payload) {

        /** Returns the id without the secret. */
        @Override
        public String toString() {
            return "Taken[" + id + "]";
        }
    }
}
