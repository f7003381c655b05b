package io.evenkeel.coordinator.fleet;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves the enrolled devices to operators over HTTP. */
@RestController
@RequestMapping(path = "/api/v1/clients", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Fleet")
class ClientController {

    private final EnrolledClients fleet;

    ClientController(EnrolledClients fleet) {
        this.fleet = fleet;
    }

    @GetMapping
    @Operation(
            summary = "List the clients, oldest first",
            description = "lastSeenAt is updated at most every five minutes.")
    List<ClientView> list(
            @Parameter(description = "the id of the last client of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return fleet.list(after, limit).stream().map(ClientView::of).toList();
    }

    @GetMapping("/{client}")
    @Operation(summary = "Show a client")
    ClientView show(@PathVariable String client) {
        return ClientView.of(fleet.client(client));
    }

    @DeleteMapping("/{client}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Revoke a client",
            description = "Its secret is refused at once, by other replicas within evenkeel.device-cache.expiry. It"
                    + " leaves its runs: when the open round closes, its part w_i g_i is removed from the sum.")
    void revoke(@PathVariable String client) {
        fleet.revoke(client);
    }

    /** A client in an operator's response. */
    record ClientView(
            String client,
            @Nullable String name,
            String enrolledBy,
            @Nullable String run,
            @Nullable String certificate,
            Instant enrolledAt,

            @Schema(description = "When the device last sent a request. Updated at most every five minutes.") @Nullable
            Instant lastSeenAt,

            @Nullable Instant revokedAt) {

        static ClientView of(Client client) {
            return new ClientView(
                    client.getId(),
                    client.name().orElse(null),
                    client.enrolledBy(),
                    client.run().orElse(null),
                    client.certificate().orElse(null),
                    client.enrolledAt(),
                    client.lastSeenAt().orElse(null),
                    client.revokedAt().orElse(null));
        }
    }
}
