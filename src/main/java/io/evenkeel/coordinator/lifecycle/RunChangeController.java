package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.http.MergePatch;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.definition.Revision;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Accepts changes to definitions over HTTP. */
@Tag(name = "Runs")
@RestController
@RequestMapping(path = "/api/v1/runs/{run}", produces = MediaType.APPLICATION_JSON_VALUE)
class RunChangeController {

    private static final String REVISION = "revision";

    private final RunChanges changes;
    private final PlanCache plans;

    RunChangeController(RunChanges changes, PlanCache plans) {
        this.changes = changes;
        this.plans = plans;
    }

    @Operation(
            summary = "Change a run in progress",
            description =
                    "A JSON merge patch (RFC 7396) of the definition; null restores a default. The refusal fixed-field"
                            + " says why a field cannot change. Description and tags can also change when the run is over."
                            + " The change takes effect when the next round opens, or when the open round is extended"
                            + " because messages are missing. With \"revision\", the number that the run shows, it is"
                            + " refused with definition-changed if somebody else has changed the run since. The response"
                            + " is the new revision; if nothing changes, it is the newest one's number without changes.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MergePatch.MEDIA_TYPE,
                                            schema = @Schema(type = "object"),
                                            examples =
                                                    @ExampleObject(
                                                            "{\"revision\": 0, \"rounds\": 200, \"participants\":"
                                                                    + " {\"min\": 3, \"max\": null}}"))))
    @PatchMapping(consumes = MergePatch.MEDIA_TYPE)
    @BodyLimit(BodyLimit.SMALL)
    Revision changeRun(
            @PathVariable String run,
            @RequestBody ObjectNode patch,
            @Parameter(description = "The reason, for the list of revisions.")
                    @RequestParam(required = false)
                    @Size(max = 500)
                    @DisplayName
                    @Nullable
                    String reason,
            @Parameter(description = "Check the change and return its effect, without making it.")
                    @RequestParam(defaultValue = "false")
                    boolean dryRun,
            @AuthenticationPrincipal Caller.Operator operator) {
        long id = plans.named(run).run();
        Integer known = takeRevision(patch);
        RunChanges.Wish wish = new RunChanges.Wish(patch, known, operator.name(), reason);
        return dryRun ? changes.preview(id, wish) : changes.change(id, wish);
    }

    @Operation(
            summary = "List the changes of a run's definition",
            description = "In order: who changed what, when, why, and the first round with the change.")
    @GetMapping("/revisions")
    List<Revision> listRevisions(@PathVariable String run) {
        return changes.list(plans.named(run).run());
    }

    private static @Nullable Integer takeRevision(ObjectNode patch) {
        JsonNode revision = patch.remove(REVISION);
        if (revision == null) {
            return null;
        }
        if (!revision.isInt() || revision.intValue() < 0) {
            throw ProblemKind.INVALID
                    .because(
                            "'revision' is not the number of a revision, expected an integer from 0",
                            "send the revision that GET /api/v1/runs/{run} shows, or leave it out")
                    .with("field", REVISION);
        }
        return revision.intValue();
    }
}
