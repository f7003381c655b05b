package io.evenkeel.coordinator.webhook;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
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

/** Creates, lists, tests and deletes webhooks, and shows their deliveries, over HTTP. */
@RestController
@RequestMapping(path = "/api/v1/webhooks", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Webhooks", description = "Addresses that receive events (operator)")
class WebhookController {

    private static final String STATES = "pending|delivered|failed";

    private final Webhooks webhooks;

    WebhookController(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Create a webhook",
            description =
                    "The webhook gets events from now on. The secret that signs its deliveries is in this response and"
                            + " is never shown again. docs/events.md has the types of events, the form of a delivery and"
                            + " how to verify it.")
    Webhooks.Created createWebhook(
            @Valid @RequestBody Request request, @AuthenticationPrincipal Caller.Operator operator) {
        return webhooks.create(
                request.url(),
                request.description(),
                request.events() == null ? List.of() : request.events(),
                request.run(),
                operator.name());
    }

    @GetMapping
    @Operation(summary = "List the webhooks, oldest first, without their secrets")
    List<Webhook> listWebhooks() {
        return webhooks.list();
    }

    @GetMapping("/{webhook}")
    @Operation(summary = "Show a webhook")
    Webhook getWebhook(@PathVariable String webhook) {
        return webhooks.get(webhook);
    }

    @DeleteMapping("/{webhook}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a webhook with its deliveries", description = "Waiting deliveries are not sent.")
    void deleteWebhook(@PathVariable String webhook) {
        webhooks.delete(webhook);
    }

    @PostMapping("/{webhook}/test")
    @Operation(
            summary = "Send a test",
            description = "Creates a delivery of type 'test', which is sent within seconds; its log shows the outcome.")
    Delivery testWebhook(@PathVariable String webhook) {
        return webhooks.test(webhook);
    }

    @GetMapping("/{webhook}/deliveries")
    @Operation(summary = "List deliveries, newest first")
    List<Delivery> listDeliveries(
            @PathVariable String webhook,
            @Parameter(description = "the id of the last delivery of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    Long before,
            @RequestParam(required = false)
                    @Pattern(regexp = STATES, message = "must be one of pending, delivered, failed")
                    @Nullable
                    String state,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return webhooks.deliveries(
                webhook, before, state == null ? null : Delivery.State.valueOf(state.toUpperCase(Locale.ROOT)), limit);
    }

    @GetMapping("/{webhook}/deliveries/{delivery}")
    @Operation(summary = "Show a delivery")
    Delivery getDelivery(@PathVariable String webhook, @PathVariable long delivery) {
        return webhooks.delivery(webhook, Long.toString(delivery));
    }

    @PostMapping("/{webhook}/deliveries/{delivery}/redeliver")
    @Operation(
            summary = "Send a delivery again",
            description = "With the same id and body, and with all attempts again. A waiting delivery is sent now.")
    Delivery redeliver(@PathVariable String webhook, @PathVariable long delivery) {
        return webhooks.redeliver(webhook, delivery);
    }

    /** A request for a webhook. */
    @Schema(name = "WebhookRequest")
    record Request(
            @NotNull
            @Size(max = 2000)
            @Schema(description = "http or https, a public address", example = "https://example.org/hooks/evenkeel")
            String url,

            @Size(max = 50)
            @Schema(description = "types of events; default all", example = "[\"run.finished\", \"run.failed\"]")
            @Nullable
            List<@NotNull @Size(max = 32) String> events,

            @Pattern(regexp = "[a-z0-9-]{1,64}", message = "must be a run's name: a-z, 0-9 and -, at most 64")
            @Schema(description = "the only run whose events it gets, which need not exist yet; default every run")
            @Nullable
            String run,

            @Size(max = 200) @DisplayName @Nullable String description) {}
}
