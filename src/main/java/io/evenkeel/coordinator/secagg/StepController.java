package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.message.MessageMemory;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves the steps of secure aggregation: four frames from each device, and four answers. */
@Tag(name = "Secure aggregation", description = "A device's steps in a run whose messages are masked (device)")
@RestController
@RequestMapping("/api/v1/runs/{run}/rounds/{round}/attempts/{attempt}")
class StepController {

    /** Allows a frame with shares or secrets for 1,000 members. */
    private static final long MAX_BYTES = 85_000;

    private static final String WAITS =
            " 204 with Retry-After if the wait times out first. 409 attempt-closed if this step is over for the"
                    + " device.";

    private static final String HISTORY =
            "the history of the round's model, as given in its task: 409 history-lost if this coordinator does not have"
                    + " it, because its database was restored to an earlier state";

    private final PlanCache plans;
    private final StepAcceptance acceptance;
    private final WaitingMembers waiting;
    private final MessageMemory memory;

    StepController(PlanCache plans, StepAcceptance acceptance, WaitingMembers waiting, MessageMemory memory) {
        this.plans = plans;
        this.acceptance = acceptance;
        this.waiting = waiting;
        this.memory = memory;
    }

    @Operation(
            summary = "Send the keys of an attempt",
            description = "Frame 1. Begins the device's part. Repeating the request changes nothing.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @PutMapping(path = "/keys/me", consumes = WaitingMembers.FRAME_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sendKeys(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request)
            throws IOException {
        try (MessageMemory.Hold hold = memory.hold()) {
            byte[] frame = hold.read(request);
            acceptance.keys(turn(run, ModelName.of(round, history), attempt, device), StepFrames.keys(frame));
        }
    }

    @Operation(
            summary = "Wait for the cohort's keys",
            description = "Frame 2, once the keys have arrived." + WAITS,
            responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @GetMapping(path = "/keys/me", produces = WaitingMembers.FRAME_VALUE)
    PendingResponse<Object> getCohortKeys(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @Parameter(description = "0s to 60s") @RequestParam(defaultValue = "0s") Duration wait,
            @AuthenticationPrincipal Caller.Device device) {
        return ask(turn(run, ModelName.of(round, history), attempt, device), StepAnswers.Topic.KEYS, wait);
    }

    @Operation(
            summary = "Send shares for the others",
            description = "Frame 3, one entry for each other member. Repeating the request changes nothing.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @PutMapping(path = "/shares/me", consumes = WaitingMembers.FRAME_VALUE)
    @BodyLimit(MAX_BYTES)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sendShares(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request)
            throws IOException {
        try (MessageMemory.Hold hold = memory.hold()) {
            byte[] frame = hold.read(request);
            acceptance.shares(turn(run, ModelName.of(round, history), attempt, device), frame);
        }
    }

    @Operation(
            summary = "Wait for the others' shares",
            description = "Frame 3, once the shares have arrived." + WAITS,
            responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @GetMapping(path = "/shares/me", produces = WaitingMembers.FRAME_VALUE)
    PendingResponse<Object> getShares(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @Parameter(description = "0s to 60s") @RequestParam(defaultValue = "0s") Duration wait,
            @AuthenticationPrincipal Caller.Device device) {
        return ask(turn(run, ModelName.of(round, history), attempt, device), StepAnswers.Topic.SHARES, wait);
    }

    @Operation(
            summary = "Send the masked vector",
            description =
                    "Frame 4. It is stored, and accepted only with the sum of the whole cohort. Repeating the request"
                            + " changes nothing.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @PutMapping(path = "/masked/me", consumes = WaitingMembers.FRAME_VALUE)
    @BodyLimit(value = BodyLimit.BY_PLAN, reason = "one vector of the run's compressor, 4 bytes a value")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sendMaskedMessage(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request)
            throws IOException {
        StepAcceptance.Turn turn = turn(run, ModelName.of(round, history), attempt, device);
        int words = CohortSums.words(turn.run().plan());
        try (MessageMemory.Hold hold = memory.hold()) {
            byte[] frame = hold.read(request, SecAggFrames.maskedBytes(words), "send the words of one vector");
            // For the decoded words and the database's copy.
            hold.take(2L * frame.length);
            acceptance.masked(turn, StepFrames.masked(frame, words));
        }
    }

    @Operation(
            summary = "Wait for the members in the sum",
            description = "Frame 5, once the vectors have arrived." + WAITS,
            responses = @ApiResponse(responseCode = "200", content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @GetMapping(path = "/included/me", produces = WaitingMembers.FRAME_VALUE)
    PendingResponse<Object> getIncludedMembers(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @Parameter(description = "0s to 60s") @RequestParam(defaultValue = "0s") Duration wait,
            @AuthenticationPrincipal Caller.Device device) {
        return ask(turn(run, ModelName.of(round, history), attempt, device), StepAnswers.Topic.INCLUDED, wait);
    }

    @Operation(
            summary = "Reveal shares of the others' secrets",
            description =
                    "Frame 6: the share of each other member's seed, or of its key if its vector is not in the sum."
                            + " Repeating the request changes nothing.",
            requestBody = @RequestBody(required = true, content = @Content(mediaType = WaitingMembers.FRAME_VALUE)))
    @PutMapping(path = "/reveals/me", consumes = WaitingMembers.FRAME_VALUE)
    @BodyLimit(MAX_BYTES)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sendReveals(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request)
            throws IOException {
        try (MessageMemory.Hold hold = memory.hold()) {
            byte[] frame = hold.read(request);
            acceptance.reveals(turn(run, ModelName.of(round, history), attempt, device), frame);
        }
    }

    @Operation(
            summary = "Wait for the outcome",
            description = "Whether the device's message for this round is in the sum, with its receipt. Answers for any"
                    + " attempt of the round, at any time. 204 with Retry-After while it is not decided.",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                                            schema = @Schema(implementation = StepAnswers.CohortOutcome.class))))
    @GetMapping(path = "/outcome/me", produces = MediaType.APPLICATION_JSON_VALUE)
    PendingResponse<Object> getOutcome(
            @PathVariable String run,
            @PathVariable int round,
            @PathVariable int attempt,
            @Parameter(description = HISTORY) @RequestParam(required = false) @Nullable String history,
            @Parameter(description = "0s to 60s") @RequestParam(defaultValue = "0s") Duration wait,
            @AuthenticationPrincipal Caller.Device device) {
        return ask(turn(run, ModelName.of(round, history), attempt, device), StepAnswers.Topic.OUTCOME, wait);
    }

    private PendingResponse<Object> ask(StepAcceptance.Turn turn, StepAnswers.Topic topic, Duration wait) {
        return waiting.ask(new StepAnswers.Question(turn, topic), wait);
    }

    private StepAcceptance.Turn turn(String run, ModelName model, int attempt, Caller.Device device) {
        PlanCache.Known known = plans.named(run);
        if (known.plan().secureAggregation() == null) {
            throw ProblemKind.PLAN_EXCEEDED
                    .because(
                            "run '" + run + "' has no secure aggregation, so there are no attempts",
                            "send the message with PUT /api/v1/runs/" + run + "/rounds/" + model.round()
                                    + "/messages/me")
                    .with("field", "attempt");
        }
        return new StepAcceptance.Turn(known, device.client(), model, attempt);
    }
}
