package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.run.RunState;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the list of runs for the console's page. */
@Tag(name = "Runs")
@RestController
class RunOverviewController {

    private static final String STATES = "created|running|paused|finished|cancelled|failed";

    private static final String METRIC = "metric:";

    private final RunOverview overview;

    RunOverviewController(RunOverview overview) {
        this.overview = overview;
    }

    @Operation(
            summary = "List runs briefly, newest first by default",
            description = "With progress, about 30 points of the loss, the metrics of the last closed round and the"
                    + " compression, but without the definition. A filter by tag or an order by metric considers the first"
                    + " 1,000 runs that match the other parameters.")
    @GetMapping(path = "/api/v1/run-overview", produces = MediaType.APPLICATION_JSON_VALUE)
    RunOverview.Cards listRunOverview(
            @Parameter(description = "part of the run's name") @RequestParam(defaultValue = "") @Size(max = 64)
                    String search,
            @RequestParam(required = false)
                    @Pattern(
                            regexp = STATES,
                            message = "must be one of created, running, paused, finished, cancelled, failed")
                    @Nullable
                    String state,
            @Parameter(description = "only runs with this tag")
                    @RequestParam(required = false)
                    @Size(max = 64)
                    @Nullable
                    String tag,
            @Parameter(description = "name, state, round, created, loss, or metric: followed by a metric's name")
                    @RequestParam(defaultValue = "created")
                    @Pattern(
                            regexp = "name|state|round|created|loss|metric:[a-z0-9_.-]{1,64}",
                            message =
                                    "must be name, state, round, created, loss, or metric: followed by a metric's name")
                    String sort,
            @RequestParam(defaultValue = "true") boolean descending,
            @RequestParam(defaultValue = "0") @Min(0) @Max(1_000_000) int page,
            @RequestParam(defaultValue = "50") @Min(1) @Max(200) int size,
            @AuthenticationPrincipal Caller.Person reader) {
        String metric = sort.equals(RoundRecords.LOSS)
                ? sort
                : sort.startsWith(METRIC) ? sort.substring(METRIC.length()) : null;
        return overview.page(
                new RunOverview.Choice(
                        search,
                        state == null ? null : RunState.valueOf(state.toUpperCase(Locale.ROOT)),
                        tag,
                        reader.permissions().runs(),
                        metric == null ? order(sort, descending) : RunRepository.NEWEST_FIRST,
                        metric,
                        descending),
                page,
                size);
    }

    /** Sorts runs with the same value by age, newest first. */
    private static Sort order(String sort, boolean descending) {
        Sort.Direction direction = descending ? Sort.Direction.DESC : Sort.Direction.ASC;
        return sort.equals("created")
                ? Sort.by(direction, "id")
                : Sort.by(direction, sort).and(RunRepository.NEWEST_FIRST);
    }
}
