package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.http.BodyLimits;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Accepts large messages in parts, according to draft-ietf-httpbis-resumable-upload. The path contains the
 * SHA-256 of the message.
 */
@Tag(name = "Devices", description = "A device's part in a run (device)")
@RestController
@RequestMapping("/api/v1/runs/{run}/members/me/uploads/{sha256}")
class MessageUploadController {

    private static final String OFFSET = "Upload-Offset";

    private final PlanCache plans;
    private final BatchAcceptance acceptance;
    private final MessageUploads uploads;

    MessageUploadController(PlanCache plans, BatchAcceptance acceptance, MessageUploads uploads) {
        this.plans = plans;
        this.acceptance = acceptance;
        this.uploads = uploads;
    }

    @Operation(
            summary = "Show how much of a large message has arrived",
            description =
                    "Upload-Offset is the number of bytes, 0 if none has arrived. 404 not-found if this coordinator"
                            + " accepts no messages in parts. A message that its round would refuse is already refused"
                            + " here. HEAD gives the same answer.",
            responses = @ApiResponse(responseCode = "204", content = @Content))
    @GetMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void getUploadOffset(
            @PathVariable String run,
            @PathVariable String sha256,
            @Parameter(description = "the round of the message") @RequestParam int round,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletResponse response) {
        PlanCache.Known known = plan(run, round, device);
        MessageUploads.Upload upload = upload(known, device, sha256);
        // The upload of an accepted message has been deleted; the sender gets the receipt without uploading
        // again.
        long arrived = acceptance
                .earlier(known, device.client(), round, upload.digest())
                .map(message -> (long) message.bytes())
                .orElseGet(() -> uploads.begin(upload));
        state(arrived, response);
    }

    @Operation(
            summary = "Send a part of a large message",
            description = "Adds the body at Upload-Offset, and returns the new offset. Bytes that arrived before the"
                    + " connection broke are kept for a day, or until the device begins another upload or the run"
                    + " ends. Refused like the message itself once the round is closed. When all bytes have"
                    + " arrived, send the message with 'upload' and an empty body.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = "application/partial-upload",
                                            schema = @Schema(type = "string", format = "binary"))),
            responses = @ApiResponse(responseCode = "204", content = @Content))
    @PatchMapping(consumes = "application/partial-upload")
    @BodyLimit(value = BodyLimit.BY_PLAN, reason = "the rest of one message of the run's compressor")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void appendToUpload(
            @PathVariable String run,
            @PathVariable String sha256,
            @Parameter(description = "the round of the message") @RequestParam int round,
            @RequestHeader(name = OFFSET, defaultValue = "0") long offset,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        PlanCache.Known known = plan(run, round, device);
        long left = Math.max(0, known.plan().maxMessageBytes() - Math.max(0, offset));
        BodyLimits.apply(request, left, MessageRequestReader.ACTION);
        state(uploads.append(upload(known, device, sha256), offset, request.getInputStream()), response);
    }

    private PlanCache.Known plan(String run, int round, Caller.Device device) {
        PlanCache.Known known = plans.named(run);
        if (known.plan().secureAggregation() != null) {
            throw ProblemKind.NOT_FOUND.because(
                    "run '" + run + "' has secure aggregation, whose vectors are sent in one piece",
                    "send the vector in one piece");
        }
        acceptance.requireWanted(known, device.client(), round);
        return known;
    }

    private static MessageUploads.Upload upload(PlanCache.Known known, Caller.Device device, String sha256) {
        return new MessageUploads.Upload(known.run(), device.client(), sha256);
    }

    private static void state(long offset, HttpServletResponse response) {
        response.setHeader(OFFSET, String.valueOf(offset));
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
