package io.evenkeel.coordinator.round.record;

import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves the estimated smoothness of a run's loss over HTTP. */
@Tag(name = "Runs")
@RestController
class SmoothnessController {

    private final PlanCache plans;
    private final SmoothnessEstimates estimates;

    SmoothnessController(PlanCache plans, SmoothnessEstimates estimates) {
        this.plans = plans;
        this.estimates = estimates;
    }

    @Operation(
            summary = "Estimate the smoothness of the loss",
            description = "L0 and L1 with 95% intervals, as the upper envelope (95% quantile regression) of the largest"
                    + " ratio ||grad f_i(x) - grad f_i(y)|| / ||x - y|| of each round, for runs whose devices report it"
                    + " (in the Java SDK: reportSmoothness).")
    @GetMapping(path = "/api/v1/runs/{run}/smoothness", produces = MediaType.APPLICATION_JSON_VALUE)
    SmoothnessEstimate getSmoothness(@PathVariable String run) {
        return estimates.estimate(run, plans.named(run).run());
    }
}
