package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DeviceSelector;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Serves the enrolled devices to operators over HTTP. */
@RestController
@RequestMapping(path = "/api/v1/clients", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Fleet")
class ClientController {

    private static final String STATES = "must be enrolled or revoked";
    private static final String SEARCH = "part of the name or of the id";
    private static final String SEEN_WITHIN = "only clients seen within this time, such as 24h";
    private static final String UNSEEN_FOR = "only clients not seen for this time, or never, such as 7d";
    private static final String SELECTOR =
            "a selector over attributes and labels in the syntax of Kubernetes, such as region in"
                    + " (eu,us),app-version>=3.2";

    private final EnrolledClients fleet;
    private final ClientProfiles profiles;
    private final BulkLabelling bulk;
    private final FleetDeletion deletion;
    private final LastSeen lastSeen;

    ClientController(
            EnrolledClients fleet,
            ClientProfiles profiles,
            BulkLabelling bulk,
            FleetDeletion deletion,
            LastSeen lastSeen) {
        this.fleet = fleet;
        this.profiles = profiles;
        this.bulk = bulk;
        this.deletion = deletion;
        this.lastSeen = lastSeen;
    }

    @GetMapping
    @Operation(
            summary = "List clients, oldest first",
            description =
                    "Only clients that match all parameters. lastSeenAt may be up to five minutes old if the device"
                            + " sends its requests to another replica.")
    List<ClientView> listClients(
            @Parameter(description = SEARCH) @RequestParam(defaultValue = "") @Size(max = 100) String search,
            @RequestParam(required = false) @Pattern(regexp = DeviceFilter.STATES, message = STATES) @Nullable
                    String state,
            @Parameter(description = SEEN_WITHIN) @RequestParam(required = false) @DurationMax(days = 36_600) @Nullable
                    Duration seenWithin,
            @Parameter(description = UNSEEN_FOR) @RequestParam(required = false) @DurationMax(days = 36_600) @Nullable
                    Duration unseenFor,
            @Parameter(description = SELECTOR) @RequestParam(defaultValue = "") @Size(max = DeviceSelector.MAX_LENGTH)
                    String selector,
            @Parameter(description = "the id of the last client of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return fleet.list(DeviceFilter.of(search, state, seenWithin, unseenFor, selector), after, limit);
    }

    @GetMapping("/count")
    @Operation(summary = "Count clients", description = "Counts the clients that match all parameters, as in the list.")
    ClientQuery.Counts countClients(
            @Parameter(description = SEARCH) @RequestParam(defaultValue = "") @Size(max = 100) String search,
            @RequestParam(required = false) @Pattern(regexp = DeviceFilter.STATES, message = STATES) @Nullable
                    String state,
            @Parameter(description = SEEN_WITHIN) @RequestParam(required = false) @DurationMax(days = 36_600) @Nullable
                    Duration seenWithin,
            @Parameter(description = UNSEEN_FOR) @RequestParam(required = false) @DurationMax(days = 36_600) @Nullable
                    Duration unseenFor,
            @Parameter(description = SELECTOR) @RequestParam(defaultValue = "") @Size(max = DeviceSelector.MAX_LENGTH)
                    String selector) {
        return fleet.count(DeviceFilter.of(search, state, seenWithin, unseenFor, selector));
    }

    @GetMapping("/{client}")
    @Operation(summary = "Show a client")
    ClientView getClient(@PathVariable String client) {
        return view(client);
    }

    @PatchMapping(path = "/{client}/labels", consumes = "application/merge-patch+json")
    @BodyLimit(Attributes.LARGEST_JSON)
    @Operation(
            summary = "Label a client",
            description =
                    "Sets the labels in the body, and removes those whose value is null (RFC 7396). A label replaces"
                            + " the device's attribute with the same key for selectors. Devices cannot report keys with"
                            + " the prefix operator/.")
    ClientView labelClient(@PathVariable String client, @RequestBody Map<String, @Nullable String> labels) {
        profiles.label(client, labels);
        return view(client);
    }

    @PatchMapping(path = "/labels", consumes = "application/merge-patch+json")
    @BodyLimit(Attributes.LARGEST_JSON)
    @Operation(
            summary = "Label many clients",
            description = "Labels all clients that match the parameters. Nothing is changed if one of them would have"
                    + " more than 32 labels. Repeat the request if its response is lost.")
    BulkLabelling.Outcome labelClients(
            @Parameter(description = SELECTOR) @RequestParam(defaultValue = "") @Size(max = DeviceSelector.MAX_LENGTH)
                    String selector,
            @Parameter(description = SEARCH) @RequestParam(defaultValue = "") @Size(max = 100) String search,
            @RequestParam(required = false) @Pattern(regexp = DeviceFilter.STATES, message = STATES) @Nullable
                    String state,
            @Parameter(description = SEEN_WITHIN) @RequestParam(required = false) @DurationMax(days = 36_600) @Nullable
                    Duration seenWithin,
            @Parameter(description = UNSEEN_FOR) @RequestParam(required = false) @DurationMax(days = 36_600) @Nullable
                    Duration unseenFor,
            @Parameter(description = "count the clients that would change, without changing them")
                    @RequestParam(defaultValue = "false")
                    boolean dryRun,
            @RequestBody Map<String, @Nullable String> labels) {
        DeviceFilter filter = DeviceFilter.of(search, state, seenWithin, unseenFor, selector);
        if (filter.selector().isEmpty()) {
            throw ProblemKind.INVALID
                    .because(
                            "selector: is missing, expected a selector of the clients to label",
                            "add it; !no-such-key selects every client")
                    .with("field", "selector");
        }
        return dryRun ? bulk.wouldLabel(filter, labels) : bulk.label(filter, labels);
    }

    private ClientView view(String id) {
        Client client = fleet.client(id);
        return ClientView.of(
                client, profiles.of(client), lastSeen.of(id, client.lastSeenAt().orElse(null)));
    }

    @DeleteMapping("/{client}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Revoke a client",
            description =
                    "Its secret is refused immediately, and by other replicas within evenkeel.device-cache.expiry. The"
                            + " client leaves its runs: when the open round closes, its part w_i g_i is removed from the"
                            + " sum.")
    void revokeClient(@PathVariable String client) {
        fleet.revoke(client);
    }

    @DeleteMapping("/{client}/record")
    @Operation(
            summary = "Delete a revoked client's record",
            description =
                    "Erases its name, attributes, labels and certificate, and removes it from evaluations, roll-outs"
                            + " and the audit log. If it is or was a member of a run, its id stays for the run's receipts,"
                            + " until its last run is deleted; the response then contains what stays. Its contributions to"
                            + " models stay.")
    @ApiResponse(responseCode = "200", description = "its id stays, because runs refer to it")
    @ApiResponse(responseCode = "204", description = "nothing stays", content = @Content)
    ResponseEntity<ClientView> deleteClient(@PathVariable String client) {
        return deletion.deleteClient(client)
                .map(left -> ResponseEntity.ok(ClientView.of(left, Profile.NONE, null)))
                .orElseGet(() -> ResponseEntity.noContent().build());
    }
}
