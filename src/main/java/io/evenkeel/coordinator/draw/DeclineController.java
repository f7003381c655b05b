package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.draw.DeclineCause;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Records that members decline a round, and returns how many did. */
@RestController
@RequestMapping("/api/v1/runs/{run}/rounds/{round}/declines")
class DeclineController {

    private final PlanCache plans;
    private final Declining declining;

    DeclineController(PlanCache plans, Declining declining) {
        this.plans = plans;
        this.declining = declining;
    }

    /**
     * The body of a request to decline.
     *
     * @param reason why the member declines
     */
    record Decline(@NotNull DeclineCause reason) {}

    @Tag(name = "Devices")
    @Operation(
            summary = "Decline a round",
            description = "The open round then does not wait for this member, which may still send its message. If the"
                    + " request is repeated, the last reason counts.")
    @PutMapping(path = "/me", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void declineRound(
            @PathVariable String run,
            @PathVariable int round,
            @Valid @RequestBody Decline decline,
            @AuthenticationPrincipal Caller.Device device) {
        declining.decline(plans.named(run), round, device.client(), decline.reason());
    }

    @Tag(name = "Runs")
    @Operation(
            summary = "Count who declined a round",
            description = "The number of members by reason; unused reasons are left out.")
    @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
    Map<String, Long> countDeclines(@PathVariable String run, @PathVariable int round) {
        return declining.reasons(plans.named(run), round);
    }
}
