package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.definition.DefinitionReader;
import io.evenkeel.coordinator.member.MemberFilter;
import io.evenkeel.coordinator.member.MemberQuery;
import io.evenkeel.coordinator.member.MemberView;
import io.evenkeel.coordinator.member.Members;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.selection.DeviceSelector;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
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

/** Serves runs to operators over HTTP. */
@Tag(name = "Runs", description = "Create, control and inspect runs (operator)")
@RestController
@RequestMapping(path = "/api/v1/runs", produces = MediaType.APPLICATION_JSON_VALUE)
class RunController {

    /** Allows 10,000 tensors with 200 bytes each for name and shape. */
    private static final long LARGEST_DEFINITION = 2_000_000;

    private final Runs runs;
    private final RunViews views;
    private final Members members;
    private final MemberQuery listing;
    private final PlanCache plans;
    private final DefinitionReader definitions;

    RunController(
            Runs runs,
            RunViews views,
            Members members,
            MemberQuery listing,
            PlanCache plans,
            DefinitionReader definitions) {
        this.runs = runs;
        this.views = views;
        this.members = members;
        this.listing = listing;
        this.plans = plans;
        this.definitions = definitions;
    }

    @Operation(
            summary = "Create a run",
            description = "422 names every field that is wrong, with its range; 503 (insufficient-memory) says how much"
                    + " memory the run needs and how much is left.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = RunDefinition.class))))
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST_DEFINITION)
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<RunView> createRun(@RequestBody byte[] body, @AuthenticationPrincipal Caller.Operator operator) {
        RunDefinition definition = definitions.read(body);
        if (definition.name() != null) {
            operator.requireRun(definition.name());
        }
        RunView run = runs.create(definition);
        return ResponseEntity.created(
                        URI.create("/api/v1/runs/" + run.definition().name()))
                .body(run);
    }

    @Operation(summary = "List runs, newest first", description = "Only runs that match all parameters.")
    @GetMapping
    List<RunView> listRuns(
            @Parameter(description = "part of the run's name") @RequestParam(defaultValue = "") @Size(max = 64)
                    String search,
            @Parameter(description = "only runs in one of these states, such as running,paused")
                    @RequestParam(defaultValue = "")
                    @Pattern(regexp = RunState.TEXTS, message = RunState.EXPECTED)
                    String state,
            @Parameter(description = "the name of the last run of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit,
            @AuthenticationPrincipal Caller.Person reader) {
        if (after != null) {
            reader.requireRun(after);
        }
        return views.list(search, RunState.parse(state), reader.permissions().runs(), after, limit);
    }

    @Operation(summary = "Inspect a run")
    @GetMapping("/{run}")
    RunView getRun(@PathVariable String run) {
        return views.get(run);
    }

    @Operation(
            summary = "Start a run: round 0 opens",
            description =
                    "The run's memory is reserved from then on; 503 (insufficient-memory) if there is not enough left.")
    @PostMapping("/{run}/start")
    RunView startRun(@PathVariable String run) {
        return runs.start(run);
    }

    @Operation(
            summary = "Pause a run",
            description = "The open round still accepts messages but does not close, and no device gets work.")
    @PostMapping("/{run}/pause")
    RunView pauseRun(@PathVariable String run) {
        return runs.pause(run);
    }

    @Operation(
            summary = "Resume a paused run",
            description =
                    "The deadline moves by the length of the pause. 503 (insufficient-memory) if the run does not fit.")
    @PostMapping("/{run}/resume")
    RunView resumeRun(@PathVariable String run) {
        return runs.resume(run);
    }

    @Operation(summary = "Cancel a run permanently", description = "Its models and records stay.")
    @PostMapping("/{run}/cancel")
    RunView cancelRun(@PathVariable String run) {
        return runs.cancel(run);
    }

    @Operation(
            summary = "List a run's members",
            description = "In the order of their ordinals; only members that match all parameters. lastSeenAt may"
                    + " be up to five minutes old if the device sends its requests to another replica.")
    @GetMapping("/{run}/members")
    List<MemberView> listMembers(
            @PathVariable String run,
            @Parameter(description = "part of the device's name or id")
                    @RequestParam(defaultValue = "")
                    @Size(max = 100)
                    String search,
            @RequestParam(required = false)
                    @Pattern(regexp = MemberFilter.STATES, message = "must be one of active, joining, leaving")
                    @Nullable
                    String state,
            @Parameter(description = "only devices seen within this time, such as 24h")
                    @RequestParam(required = false)
                    @DurationMax(days = 36_600)
                    @Nullable
                    Duration seenWithin,
            @Parameter(description = "only devices not seen for this time, or never, such as 7d")
                    @RequestParam(required = false)
                    @DurationMax(days = 36_600)
                    @Nullable
                    Duration unseenFor,
            @Parameter(description = "over the devices' attributes and labels, as in the list of clients")
                    @RequestParam(defaultValue = "")
                    @Size(max = DeviceSelector.MAX_LENGTH)
                    String selector,
            @Parameter(description = "the ordinal of the last member of the previous page")
                    @RequestParam(defaultValue = "-1")
                    @Min(-1)
                    int after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        DeviceFilter devices = DeviceFilter.of(search, null, seenWithin, unseenFor, selector);
        return listing.page(plans.named(run), MemberFilter.of(devices, state), after, limit);
    }

    @Operation(
            summary = "Remove a member",
            description = "When the open round closes, its part w_i g_i is removed from the sum.")
    @DeleteMapping("/{run}/members/{client}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeMember(@PathVariable String run, @PathVariable String client) {
        members.leave(plans.named(run), client, null);
    }
}
