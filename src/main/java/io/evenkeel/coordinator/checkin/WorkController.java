package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves check-ins of devices. */
@Tag(name = "Devices")
@RestController
class WorkController {

    private final WaitingCheckIns checkIns;

    WorkController(WaitingCheckIns checkIns) {
        this.checkIns = checkIns;
    }

    @Operation(
            summary = "Check in",
            description =
                    "200 with the work for this device, in descending priority, immediately or as soon as there is"
                            + " some; 204 if there is none. Retry-After says when to check in again.")
    @GetMapping(path = "/api/v1/work", produces = MediaType.APPLICATION_JSON_VALUE)
    PendingResponse<WorkAnswer> checkIn(
            @Parameter(description = "0s to 60s; devices of a large fleet are answered at once")
                    @RequestParam(defaultValue = "0s")
                    Duration wait,
            @RequestParam(defaultValue = "1") @Min(1) @Max(100) int limit,
            @AuthenticationPrincipal Caller.Device device) {
        return checkIns.ask(new CheckIns.Question(device, limit), wait);
    }
}
