package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.message.AcceptanceReceipt;
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
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Accepts devices' messages over HTTP. */
@Tag(name = "Devices", description = "A device's part in a run (device)")
@RestController
class MessageController {

    private final MessageIntake intake;

    MessageController(MessageIntake intake) {
        this.intake = intake;
    }

    @Operation(
            summary = "Send the message for a round",
            description =
                    "201: the message is durable and counted in its round. If it is sent again with the same content:"
                            + " 200 with the same receipt, at any time. Every other response changes nothing. With 'wait'"
                            + " the response is lines of JSON: first the receipt, then the response of 'Wait for work'"
                            + " after this round; {\"retryAfter\": seconds} if the wait times out. If the response ends"
                            + " after the receipt, the device calls 'Wait for work'.",
            responses = {
                @ApiResponse(responseCode = "201", description = "Accepted", useReturnTypeSchema = true),
                @ApiResponse(responseCode = "200", description = "Accepted before", useReturnTypeSchema = true)
            },
            requestBody =
                    @RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = "application/json",
                                        schema = @Schema(implementation = JsonMessage.class)),
                                @Content(
                                        mediaType = "application/vnd.evenkeel.message",
                                        schema = @Schema(type = "string", format = "binary"))
                            }))
    @PutMapping(
            path = "/api/v1/runs/{run}/rounds/{round}/messages/me",
            consumes = {MediaType.APPLICATION_JSON_VALUE, MessageRequestReader.BINARY_VALUE},
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_NDJSON_VALUE})
    @BodyLimit(value = BodyLimit.BY_PLAN, reason = "one message of the run's compressor, as GET …/members/me shows it")
    PendingResponse<AcceptanceReceipt> sendMessage(
            @PathVariable String run,
            @PathVariable int round,
            @Parameter(
                            description =
                                    "the history of the model that the message was computed on, as given in its task:"
                                            + " 409 history-lost if this coordinator's model of the round is a different"
                                            + " one, because its database was restored to an earlier state")
                    @RequestParam(required = false)
                    @Nullable
                    String history,
            @Parameter(description = "0s to 60s; how long to wait for the next task after the receipt")
                    @RequestParam(defaultValue = "0s")
                    Duration wait,
            @Parameter(description = "with wait: the round of the device's replica of x and S")
                    @RequestParam(required = false)
                    @Nullable
                    Integer replica,
            @Parameter(
                            description = "the SHA-256 in hex of a message that was uploaded in parts; the body is then"
                                    + " empty, and 404 not-found means that the message must be sent whole")
                    @RequestParam(required = false)
                    @Nullable
                    String upload,
            @AuthenticationPrincipal Caller.Device device,
            HttpServletRequest request)
            throws IOException, HttpMediaTypeNotSupportedException {
        return intake.accept(
                new MessageIntake.Delivery(run, device.client(), ModelName.of(round, history), wait, replica, upload),
                request);
    }
}
