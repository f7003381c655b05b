package io.evenkeel.coordinator.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.run.RunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a device is to do: compute on a round's model, or stop.
 *
 * @param run the run's name
 * @param state running: compute on the round's model and send a message; finished, cancelled or failed: stop
 * @param round the open round; once the run is over, the number of its last model
 * @param denseBytes bytes of the model as raw float32
 * @param updateBytes bytes of the updates since the round the device's replica stands at; absent if it has none, or they are not
 *     kept
 * @param replicaBytes about the bytes of a fresh replica
 * @param deadline when the round's time is up, if it is open
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Task(
        String run,
        RunState state,
        int round,
        long denseBytes,
        @Nullable Long updateBytes,
        long replicaBytes,
        @Nullable Instant deadline) {}
