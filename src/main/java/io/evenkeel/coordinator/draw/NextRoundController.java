package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.PositiveOrZero;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Accepts members' reports of the first round in which they take part again. */
@Tag(name = "Devices")
@RestController
class NextRoundController {

    private final PlanCache plans;
    private final NextRoundReports reports;

    NextRoundController(PlanCache plans, NextRoundReports reports) {
        this.plans = plans;
        this.reports = reports;
    }

    /**
     * The body of a report.
     *
     * @param round the first round in which the device takes part
     */
    record NextRound(@NotNull @PositiveOrZero Integer round) {}

    @Operation(
            summary = "Report the next round of this device",
            description =
                    "With secure aggregation a device reveals shares at most once in a round. If the coordinator's"
                            + " database was restored to an earlier state, rounds in which it revealed shares are"
                            + " repeated. It reports the first round in which it takes part. If too few members are left"
                            + " for a round, the coordinator closes it without messages and without a step.")
    @PutMapping(path = "/api/v1/runs/{run}/members/me/next-round", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reportNextRound(
            @PathVariable String run,
            @Valid @RequestBody NextRound next,
            @AuthenticationPrincipal Caller.Device device) {
        reports.report(plans.named(run), device.client(), next.round());
    }
}
