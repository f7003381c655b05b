package io.evenkeel.testkit.chaos.rollout;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request of a device that follows an alias, and the coordinator's answer.
 *
 * @param device the device's credentials
 * @param rollout the roll-out in a report's path, or in the header of an answer with a version; empty if there is none
 * @param outcome installed or failed for a report; empty for a request for the alias
 * @param from the time before the request was forwarded
 * @param to the time of the answer's arrival; null if there was none
 * @param status the answer's status; 0 if there was none
 * @param version the version that the answer names; 0 if none
 */
record RolloutExchange(
        String device,
        String rollout,
        String outcome,
        Instant from,
        @Nullable Instant to,
        int status,
        int version) {

    private static final int NOT_MODIFIED = 304;

    /** Returns whether this is a report rather than a request for the alias. */
    boolean isReport() {
        return !outcome.isEmpty();
    }

    /** Returns whether the coordinator has confirmed the request. */
    boolean isAccepted() {
        return status / 100 == 2 || status == NOT_MODIFIED;
    }

    /** Returns whether the coordinator reports a failure; it may nevertheless have executed the request. */
    boolean mayBeDone() {
        return status / 100 == 5;
    }

    /** Returns whether the answer arrived before an instant. */
    boolean endedBefore(Instant instant) {
        return to != null && to.isBefore(instant);
    }
}
