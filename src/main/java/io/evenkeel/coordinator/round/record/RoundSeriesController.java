package io.evenkeel.coordinator.round.record;

import io.evenkeel.coordinator.run.PlanCache;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;

/** Serves the curves of a run over HTTP, for plots. */
@Tag(name = "Runs")
@RestController
class RoundSeriesController {

    private final PlanCache plans;
    private final RoundSeriesQuery query;

    RoundSeriesController(PlanCache plans, RoundSeriesQuery query) {
        this.plans = plans;
        this.query = query;
    }

    @Operation(
            summary = "Read a run's curves",
            description =
                    "Figures of closed rounds as columns, thinned to at most 'points' rounds: the first, the last and"
                            + " the extremes of the loss (of the direction's length, if no loss is reported) are kept."
                            + " Bytes are totals over all closed rounds. Has an ETag, because closed rounds never change.")
    @GetMapping(path = "/api/v1/runs/{run}/series", produces = MediaType.APPLICATION_JSON_VALUE)
    @Nullable
    RoundSeries getRoundSeries(
            @PathVariable String run,
            @RequestParam(defaultValue = "500") @Min(4) @Max(10_000) int points,
            @Parameter(hidden = true) ServletWebRequest request) {
        long id = plans.named(run).run();
        RoundSeriesQuery.Extent extent = query.extent(id);
        if (request.getResponse() != null) {
            request.getResponse()
                    .setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noCache().getHeaderValue());
        }
        // The points are part of the address, and the number of closed rounds identifies the state of the run.
        return request.checkNotModified(id + "-" + extent.count() + "-" + extent.last())
                ? null
                : query.series(id, extent, points);
    }
}
