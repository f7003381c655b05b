package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.engine.rollout.DeviceOutcome;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutDevice;
import io.evenkeel.engine.rollout.RolloutState;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Creates, shows and controls roll-outs over HTTP. */
@Tag(name = "Roll-outs", description = "Deliver a version to the devices behind an alias group by group (operator)")
@RestController
@RequestMapping(path = "/api/v1/rollouts", produces = MediaType.APPLICATION_JSON_VALUE)
class RolloutController {

    /** Allows definitions with 20 groups and their selectors. */
    private static final long LARGEST = 65_536;

    private final Rollouts rollouts;

    RolloutController(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Operation(
            summary = "Create a roll-out",
            description =
                    "It starts immediately, unless it requires approval, which also protects the alias. An alias has"
                            + " at most one active roll-out, and cannot be moved manually meanwhile.")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST)
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<RolloutView> createRollout(
            @Valid @RequestBody RolloutDefinition definition, @AuthenticationPrincipal Caller.Operator operator) {
        RolloutView created = rollouts.create(definition, operator.name());
        return ResponseEntity.created(URI.create(
                        "/api/v1/rollouts/" + created.rollout().rollout().id()))
                .body(created);
    }

    @Operation(summary = "List roll-outs, newest first")
    @GetMapping
    List<RolloutSummary> listRollouts(
            @RequestParam(required = false) @Nullable String model,
            @RequestParam(required = false)
                    @Pattern(
                            regexp = RolloutState.TEXTS,
                            message = "must be one of waiting, running, paused, finished, stopped")
                    @Nullable
                    String state,
            @Parameter(description = "the id of the last one of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    String before,
            @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit) {
        return rollouts.list(
                model, state == null ? null : RolloutState.valueOf(state.toUpperCase(Locale.ROOT)), before, limit);
    }

    @Operation(summary = "Show a roll-out with its groups and its last 100 events")
    @GetMapping("/{rollout}")
    RolloutView getRollout(@PathVariable String rollout) {
        return rollouts.get(rollout);
    }

    @Operation(summary = "List the devices that got the version, by their ids")
    @GetMapping("/{rollout}/devices")
    List<RolloutDevice> listRolloutDevices(
            @PathVariable String rollout,
            @Parameter(description = "the id of the last device of the previous page") @RequestParam(defaultValue = "")
                    String after,
            @Parameter(description = "a group's number, from 1") @RequestParam(required = false) @Nullable
                    Integer group,
            @RequestParam(required = false)
                    @Pattern(regexp = DeviceOutcome.TEXTS, message = "must be one of asked, installed, failed")
                    @Nullable
                    String outcome,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return rollouts.devices(
                rollout,
                after,
                group,
                outcome == null ? null : DeviceOutcome.valueOf(outcome.toUpperCase(Locale.ROOT)),
                limit);
    }

    @Operation(
            summary = "Approve a roll-out, which starts it",
            description =
                    "By a person other than its creator, with the right 'approve': neither token may have created the"
                            + " other, nor one operator both.")
    @PostMapping("/{rollout}/approve")
    RolloutView approveRollout(@PathVariable String rollout, @AuthenticationPrincipal Caller.Person approver) {
        return rollouts.approve(rollout, approver.name());
    }

    @Operation(
            summary = "Pause a roll-out",
            description =
                    "No further device gets the version. Devices that have it keep it, and reports that violate its"
                            + " rules still stop it.")
    @PostMapping(path = "/{rollout}/pause", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    RolloutView pauseRollout(
            @PathVariable String rollout,
            @Valid @RequestBody(required = false) @Nullable Reason reason,
            @AuthenticationPrincipal Caller.Operator operator) {
        return rollouts.pause(rollout, operator.name(), Reason.of(reason));
    }

    @Operation(summary = "Resume a paused roll-out", description = "The time of its open group restarts.")
    @PostMapping("/{rollout}/resume")
    RolloutView resumeRollout(@PathVariable String rollout, @AuthenticationPrincipal Caller.Operator operator) {
        return rollouts.resume(rollout, operator.name());
    }

    @Operation(
            summary = "Skip the open group",
            description = "The next one opens now; after the last one the alias points to the version.")
    @PostMapping(path = "/{rollout}/skip", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    RolloutView skipRolloutGroup(
            @PathVariable String rollout,
            @Valid @RequestBody(required = false) @Nullable Reason reason,
            @AuthenticationPrincipal Caller.Operator operator) {
        return rollouts.skip(rollout, operator.name(), Reason.of(reason));
    }

    @Operation(
            summary = "Stop a roll-out",
            description = "Its devices get the alias's version with their next request.")
    @PostMapping(path = "/{rollout}/stop", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    RolloutView stopRollout(
            @PathVariable String rollout,
            @Valid @RequestBody(required = false) @Nullable Reason reason,
            @AuthenticationPrincipal Caller.Operator operator) {
        return rollouts.stop(rollout, operator.name(), Reason.of(reason));
    }

    /**
     * The reason for an operator's action.
     *
     * @param reason the reason in words, for the roll-out's events
     */
    @Schema(name = "RolloutReason")
    record Reason(@Size(max = 500) @DisplayName @Nullable String reason) {

        static @Nullable String of(@Nullable Reason given) {
            return given == null ? null : given.reason();
        }
    }
}
