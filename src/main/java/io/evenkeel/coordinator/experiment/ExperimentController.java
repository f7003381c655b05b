package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves experiments over HTTP. */
@Tag(name = "Experiments", description = "Compare methods in the fleet (operator)")
@RestController
@RequestMapping(path = "/api/v1/experiments", produces = MediaType.APPLICATION_JSON_VALUE)
class ExperimentController {

    /** The maximum size of a request: a run's definition plus the arms' patches. */
    private static final long LARGEST = 2_200_000;

    private final Experiments experiments;

    ExperimentController(Experiments experiments) {
        this.experiments = experiments;
    }

    @Operation(
            summary = "Create an experiment with a run for each arm",
            description = "The run of arm A of experiment E is named E-A. Its devices.part lets a device"
                    + " join only its own arm (assignment split), or each arm in turn (crossover). 422"
                    + " names the arm and every field that is wrong.")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST)
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ExperimentView> createExperiment(
            @Valid @RequestBody ExperimentRequest request, @AuthenticationPrincipal Caller.Operator operator) {
        operator.requireExperiment(request.name());
        ExperimentView created = experiments.create(request, operator.name());
        return ResponseEntity.created(
                        URI.create("/api/v1/experiments/" + created.experiment().name()))
                .body(created);
    }

    @Operation(summary = "List experiments, newest first")
    @GetMapping
    List<ExperimentView> listExperiments(
            @Parameter(description = "part of the name") @RequestParam(defaultValue = "") @Size(max = 64) String search,
            @Parameter(description = "only the experiment that has this run as an arm")
                    @RequestParam(required = false)
                    @Size(max = 64)
                    @Nullable
                    String run,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
            @AuthenticationPrincipal Caller.Person reader) {
        return experiments.list(search, run, reader.permissions().runs(), limit);
    }

    @Operation(summary = "Inspect an experiment and its arms")
    @GetMapping("/{experiment}")
    ExperimentView getExperiment(@PathVariable String experiment) {
        return experiments.get(experiment);
    }

    @Operation(
            summary = "Start all arms in one transaction",
            description = "If one cannot start, none is started, and the refusal names its run.")
    @PostMapping("/{experiment}/start")
    ExperimentView startExperiment(@PathVariable String experiment) {
        return experiments.start(experiment);
    }

    @Operation(
            summary = "Stop an experiment: cancel the arms that are not over, in one transaction",
            description = "Their models and records stay, so that they can be compared.")
    @PostMapping("/{experiment}/stop")
    ExperimentView stopExperiment(@PathVariable String experiment) {
        return experiments.stop(experiment);
    }

    @Operation(summary = "Delete an experiment whose arms are over", description = "Their runs stay.")
    @DeleteMapping("/{experiment}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteExperiment(@PathVariable String experiment) {
        experiments.delete(experiment);
    }
}
