package io.evenkeel.coordinator.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device's task: compute on a round's model, or stop.
 *
 * @param run the run's name
 * @param state running: compute on the round's model and send a message; finished, cancelled or failed: stop
 * @param round the open round; once the run is over, the number of its last model
 * @param denseBytes bytes of the model as raw float32
 * @param updateBytes bytes of the updates or deltas since the round of the device's replica; absent if it has none or
 *     they are not stored
 * @param replicaBytes approximate bytes of a new replica
 * @param deadline the end of the round's time, if it is open; with secure aggregation, of the devices' current step
 * @param attempt with secure aggregation, the attempt in which the device takes part
 * @param history the history of the round's model, 16 hex digits, which names the model together with its number;
 *     absent if an earlier version closed the previous round
 * @param modelDigest the first 16 hex digits of the SHA-256 of the model that devices compute on, as little-endian
 *     float32; absent once the run is over
 * @param historyLost true if this coordinator does not have the model in the request, because its database was restored
 *     to an earlier state; otherwise absent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Task(
        String run,
        RunState state,
        int round,
        long denseBytes,
        @Nullable Long updateBytes,
        long replicaBytes,
        @Nullable Instant deadline,
        @Nullable Integer attempt,
        @Nullable String history,
        @Nullable String modelDigest,
        @Nullable Boolean historyLost) {

    Task withDigest(String digest) {
        return new Task(
                run,
                state,
                round,
                denseBytes,
                updateBytes,
                replicaBytes,
                deadline,
                attempt,
                history,
                digest,
                historyLost);
    }
}
