package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Deletes a run, or old records of a kind, over HTTP. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
class DeletionController {

    private final RunDeletion runs;
    private final DeletionByAge byAge;

    DeletionController(RunDeletion runs, DeletionByAge byAge) {
        this.runs = runs;
        this.byAge = byAge;
    }

    @Tag(name = "Runs")
    @Operation(
            summary = "Delete a run that is not in progress, permanently",
            description =
                    "With its members, messages, models, rounds, events and the evaluations of its models. Versions of"
                            + " registered models stay. The run disappears immediately; its rows are deleted in the"
                            + " background, after which its name is available again. To keep the run, export it first.")
    @DeleteMapping("/runs/{run}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteRun(@PathVariable String run) {
        runs.delete(run);
    }

    @Tag(name = "System")
    @Operation(
            summary = "Delete old records of a kind",
            description = "Runs and evaluations that have ended, revoked devices, and enrolment tokens that can no"
                    + " longer be used. Deletes up to 200, each with an entry in the audit log; repeat the request with"
                    + " 'next' as 'after' as long as the response contains it.")
    @PostMapping(path = "/deletions", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    DeletionByAge.Outcome deleteByAge(
            @Valid @RequestBody Request request,
            @AuthenticationPrincipal Caller.Operator operator,
            HttpServletRequest sent) {
        return byAge.delete(
                request.kind(),
                request.olderThan(),
                request.after() == null ? "" : request.after(),
                Boolean.TRUE.equals(request.dryRun()),
                new DeletionByAge.Actor(operator.name(), "operator", sent.getRemoteAddr()));
    }

    /** A request to delete old records. */
    @Schema(name = "DeletionRequest")
    record Request(
            @NotNull
            @Pattern(
                    regexp = "runs|evaluations|devices|tokens",
                    message = "must be runs, evaluations, devices or tokens")
            @Schema(allowableValues = {"runs", "evaluations", "devices", "tokens"})
            String kind,

            @NotNull
            @DurationMin
            @DurationMax(days = 36_600)
            @Schema(
                    description = "the minimum time since they ended, were revoked or admitted their last device",
                    type = "string",
                    example = "P90D")
            Duration olderThan,

            @Size(max = 100) @Schema(description = "only those after this one, in the order of names or ids") @Nullable
            String after,

            @Schema(description = "list what would be deleted, without deleting it", defaultValue = "false") @Nullable
            Boolean dryRun) {}
}
