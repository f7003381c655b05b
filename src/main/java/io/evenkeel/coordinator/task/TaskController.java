package io.evenkeel.coordinator.task;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.chain.ModelName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves long polls for tasks. */
@Tag(name = "Devices")
@RestController
class TaskController {

    private final PlanCache plans;
    private final WaitingDevices devices;

    TaskController(PlanCache plans, WaitingDevices devices) {
        this.plans = plans;
        this.devices = devices;
    }

    @Operation(
            summary = "Wait for work",
            description = "200 as soon as a round after 'after' in which this device takes part is open, or the run has"
                    + " ended; 204 with Retry-After if the wait times out first. If this coordinator does not have"
                    + " the model given by 'after' and 'history', or has fewer messages of the device than"
                    + " 'sequence', because its database was restored to an earlier state, 'after' is ignored: 200"
                    + " immediately with historyLost, or 409 history-lost if there is no work at present.")
    @GetMapping(path = "/api/v1/runs/{run}/task", produces = MediaType.APPLICATION_JSON_VALUE)
    PendingResponse<Task> getTask(
            @PathVariable String run,
            @RequestParam(defaultValue = "-1") int after,
            @Parameter(description = "the history of the model of round 'after', as given in its task")
                    @RequestParam(required = false)
                    @Nullable
                    String history,
            @Parameter(description = "0s to 60s") @RequestParam(defaultValue = "0s") Duration wait,
            @Parameter(description = "the round of the device's replica, or of its model with a lossy downlink")
                    @RequestParam(required = false)
                    @Nullable
                    Integer replica,
            @Parameter(description = "the number of receipts of messages that the device has in this run")
                    @RequestParam(required = false)
                    @Nullable
                    Long sequence,
            @AuthenticationPrincipal Caller.Device device) {
        return devices.ask(
                new TaskAssignment.Question(
                        plans.named(run), device.client(), ModelName.of(after, history), replica, sequence),
                wait);
    }
}
