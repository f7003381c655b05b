package io.evenkeel.coordinator.evaluation;

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
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves evaluations over HTTP. */
@Tag(name = "Evaluations", description = "Measure a model on devices without training")
@RestController
@RequestMapping(path = "/api/v1/evaluations", produces = MediaType.APPLICATION_JSON_VALUE)
class EvaluationController {

    private static final long LARGEST = 16_384;

    private final Evaluations evaluations;
    private final EvaluationAnswers answers;
    private final EvaluationDeletion deletion;
    private final AskedDevicesQuery asked;

    EvaluationController(
            Evaluations evaluations, EvaluationAnswers answers, EvaluationDeletion deletion, AskedDevicesQuery asked) {
        this.evaluations = evaluations;
        this.answers = answers;
        this.deletion = deletion;
        this.asked = asked;
    }

    @Operation(
            summary = "Create an evaluation",
            description = "Devices learn of it when they check in (GET /api/v1/work, kind 'evaluate').")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST)
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<EvaluationView> createEvaluation(
            @Valid @RequestBody EvaluationRequest request, @AuthenticationPrincipal Caller.Operator operator) {
        EvaluationView created = evaluations.create(request, operator.name());
        return ResponseEntity.created(URI.create("/api/v1/evaluations/" + created.name()))
                .body(created);
    }

    @Operation(summary = "List evaluations, newest first", description = "Without their statistics.")
    @GetMapping
    List<EvaluationView> listEvaluations(
            @Parameter(description = "part of the name") @RequestParam(defaultValue = "") @Size(max = 64) String search,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return evaluations.list(search, limit);
    }

    @Operation(
            summary = "Show an evaluation with its statistics",
            description =
                    "For each metric: means, deciles over devices, and groups. Groups of fewer than 5 devices have no"
                            + " figures.")
    @GetMapping("/{evaluation}")
    EvaluationView getEvaluation(@PathVariable String evaluation) {
        return evaluations.get(evaluation);
    }

    @Operation(
            summary = "Show which devices an evaluation asks",
            description =
                    "The number of devices asked, how many of them have answered, and some of those that have or have"
                            + " not. Devices that were revoked or whose attributes have changed are not included.")
    @GetMapping("/{evaluation}/devices")
    AskedDevices devices(
            @PathVariable String evaluation,
            @Parameter(description = "list the devices that have answered instead of those that have not")
                    @RequestParam(defaultValue = "false")
                    boolean answered,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return asked.of(evaluation, answered, limit);
    }

    @Operation(summary = "End an evaluation that accepts results", description = "Its results stay.")
    @PostMapping("/{evaluation}/cancel")
    EvaluationView cancelEvaluation(@PathVariable String evaluation) {
        return evaluations.cancel(evaluation);
    }

    @Operation(
            summary = "Delete an evaluation that has ended",
            description = "With its statistics and results. Repeat the request if its response is lost.")
    @DeleteMapping("/{evaluation}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteEvaluation(@PathVariable String evaluation) {
        deletion.delete(evaluation);
    }

    @Operation(
            summary = "Send this device's result of an evaluation",
            description =
                    "Sending the same result again changes nothing; a different one is refused (conflict). A relay"
                            + " sends the result of the devices of its site, which replaces its previous one.")
    @PutMapping(path = "/{evaluation}/results/me", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reportEvaluation(
            @PathVariable String evaluation,
            @RequestBody EvaluationResult result,
            @AuthenticationPrincipal Caller.Device device) {
        if (result.site() == null) {
            answers.take(evaluation, device, result.checked());
        } else {
            answers.take(evaluation, device, result.site().checked());
        }
    }
}
