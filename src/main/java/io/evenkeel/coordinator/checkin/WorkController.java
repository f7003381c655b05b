package io.evenkeel.coordinator.checkin;

import io.evenkeel.coordinator.access.Caller;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves check-ins of devices. */
@Tag(name = "Devices")
@RestController
class WorkController {

    private final CheckIns checkIns;

    WorkController(CheckIns checkIns) {
        this.checkIns = checkIns;
    }

    @Operation(
            summary = "Check in",
            description = "200 with the work there is for this device, the most important first; 204 if there is none."
                    + " Retry-After says when to check in again.")
    @GetMapping(path = "/api/v1/work", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<WorkAnswer> work(
            @Parameter(description = "0s to 60s") @RequestParam(defaultValue = "0s") Duration wait,
            @RequestParam(defaultValue = "1") @Min(1) @Max(10) int limit,
            @Parameter(hidden = true) @AuthenticationPrincipal Caller.Device device) {
        List<WorkItem> work = checkIns.work(new CheckIns.Question(device, limit));
        long pause = ThreadLocalRandom.current().nextLong(1, 6);
        ResponseEntity.BodyBuilder answer = work.isEmpty() ? ResponseEntity.status(204) : ResponseEntity.ok();
        answer.header(HttpHeaders.RETRY_AFTER, Long.toString(pause));
        return work.isEmpty() ? answer.build() : answer.body(new WorkAnswer(work, pause));
    }
}
