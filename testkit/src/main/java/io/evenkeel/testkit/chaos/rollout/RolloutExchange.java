package io.evenkeel.testkit.chaos.rollout;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request of a device that follows an alias, and the coordinator's answer.
 *
 * @param device the device's credentials
 * @param rollout of a report, the roll-out in its path; of an answer with a version, the one in its header; empty if there is none
 * @param outcome of a report, what it says: installed or failed; empty if it asks for the alias
 * @param from before the request was passed on
 * @param to when the answer had arrived; null if there was none
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

    /** Returns whether it is a report, and not a request for the alias. */
    boolean isReport() {
        return !outcome.isEmpty();
    }

    /** Returns whether the coordinator has said that it did what was asked. */
    boolean isAccepted() {
        return status / 100 == 2 || status == NOT_MODIFIED;
    }

    /** Returns whether the coordinator says that it failed, which it may say after it has done what was asked. */
    boolean mayBeDone() {
        return status / 100 == 5;
    }

    /** Returns whether the answer was there before an instant. */
    boolean endedBefore(Instant instant) {
        return to != null && to.isBefore(instant);
    }
}
