package io.evenkeel.coordinator.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.run.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A device's task: compute on a round's model, or stop.
 *
 * @param run the run's name
 * @param state running: compute on the round's model and send a message; finished, cancelled or failed: stop
 * @param round the open round; once the run is over, the number of its last model
 * @param denseBytes bytes of the model as raw float32
 * @param updateBytes bytes of the updates or deltas since the round of the device's replica; absent if it has none or they are not kept
 * @param replicaBytes approximate bytes of a new replica
 * @param deadline the end of the round's time, if it is open; with secure aggregation that of the step that devices take
 * @param attempt with secure aggregation: the attempt that a device takes part in
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
        @Nullable Integer attempt) {}
