package io.evenkeel.coordinator.fleet;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Creates, lists and revokes enrolment tokens over HTTP. */
@RestController
@RequestMapping(path = "/api/v1/enrolment-tokens", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Fleet")
class EnrolmentTokenController {

    private final Enrolment enrolment;
    private final FleetDeletion deletion;

    EnrolmentTokenController(Enrolment enrolment, FleetDeletion deletion) {
        this.enrolment = enrolment;
        this.deletion = deletion;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Create an enrolment token",
            description = "Its text is in this response and is never shown again.")
    Created createEnrolmentToken(@Valid @RequestBody Request request) {
        int uses = request.uses() == null ? 1 : request.uses();
        Enrolment.Issued issued = enrolment.issue(uses, request.expiresIn(), request.run(), request.description());
        return new Created(issued.text(), View.of(issued.token()));
    }

    @GetMapping
    @Operation(summary = "List the enrolment tokens, oldest first, without their texts")
    List<View> listEnrolmentTokens(
            @Parameter(description = "the id of the last token of the previous page")
                    @RequestParam(required = false)
                    @Nullable
                    String after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return enrolment.tokens(after, limit).stream().map(View::of).toList();
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Revoke an enrolment token", description = "Devices that enrolled with it stay enrolled.")
    void revokeEnrolmentToken(@PathVariable String id) {
        enrolment.revoke(id);
    }

    @DeleteMapping("/{id}/record")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Delete the record of a spent enrolment token",
            description = "The token must be used up, expired or revoked. Devices that enrolled with it stay enrolled.")
    void deleteEnrolmentToken(@PathVariable String id) {
        deletion.deleteToken(id);
    }

    /** A request for a token. */
    @Schema(name = "EnrolmentTokenRequest")
    record Request(
            @Min(1)
            @Max(1_000_000)
            @Schema(description = "how many devices can enrol with it", defaultValue = "1")
            @Nullable
            Integer uses,

            @DurationMin(seconds = 1)
            @DurationMax(days = 3660)
            @Schema(description = "never expires if left out", type = "string", example = "PT1H")
            @Nullable
            Duration expiresIn,

            @Pattern(regexp = "[a-z0-9-]{1,64}", message = "must be a run's name: a-z, 0-9 and -, at most 64")
            @Schema(
                    description = "the only run in which its devices can take part; it need not exist yet. Without"
                            + " a new enrolment they can neither join another run, such as the next one,"
                            + " nor follow a model of another run; default any run and model")
            @Nullable
            String run,

            @Size(max = 200) @DisplayName @Nullable String description) {}

    /** A new token, with its text. */
    @Schema(name = "EnrolmentTokenCreated")
    record Created(String token, @JsonUnwrapped View view) {

        /** Returns the id without the text. */
        @Override
        public String toString() {
            return "Created[" + view.id() + "]";
        }
    }

    /** A token in a list. */
    @Schema(name = "EnrolmentToken")
    record View(
            String id,
            int uses,
            int usesLeft,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant revokedAt,
            @Nullable String run,
            @Nullable String description) {

        static View of(EnrolmentToken token) {
            return new View(
                    token.getId(),
                    token.uses(),
                    token.usesLeft(),
                    token.createdAt(),
                    token.expiresAt().orElse(null),
                    token.revokedAt().orElse(null),
                    token.run().orElse(null),
                    token.description().orElse(null));
        }
    }
}
