package io.evenkeel.coordinator.access;

import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.evenkeel.engine.permission.AccessRight;
import io.evenkeel.engine.permission.AccessRole;
import io.evenkeel.engine.permission.Permissions;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Creates, lists and revokes tokens of additional operators and viewers over HTTP. */
@RestController
@RequestMapping(path = "/api/v1/access-tokens", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Access", description = "Operators, viewers and the audit log")
class AccessTokenController {

    private final AccessTokens tokens;

    AccessTokenController(AccessTokens tokens) {
        this.tokens = tokens;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Create a token for an operator or a viewer",
            description =
                    "The response contains its text, which is never shown again. Requires the right 'mint'. A token"
                            + " cannot allow more than the credentials that create it.")
    AccessTokens.Created createAccessToken(
            @Valid @RequestBody Request request, @AuthenticationPrincipal Caller.Person minter) {
        Permissions permissions = request.permissions();
        minter.permissions().missingFor(permissions).ifPresent(right -> {
            throw new MissingRight(right, "the new token would allow '" + right + "', which these credentials do not")
                    .problem();
        });
        return tokens.issue(request.name(), permissions, request.expiresIn(), minter.name());
    }

    @GetMapping
    @Operation(
            summary = "List the tokens of operators and viewers, oldest first, without their texts",
            description = "Without the configured tokens.")
    List<AccessTokens.View> listAccessTokens() {
        return tokens.list();
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Revoke a token",
            description = "The next request with the token is refused. Requires the right 'mint'.")
    void revokeAccessToken(@PathVariable String id) {
        tokens.revoke(id);
    }

    /** A request for a token. */
    @Schema(name = "AccessTokenRequest")
    record Request(
            @NotNull
            @Size(max = 100)
            @DisplayName
            @Schema(description = "its owner or purpose, shown in the audit log", example = "prometheus")
            String name,

            @NotNull
            @Schema(
                    type = "string",
                    allowableValues = {"operator", "viewer"})
            AccessRole role,

            @Schema(
                    description = "additional rights: to approve roll-outs and the end of an alias's protection, and to"
                            + " create and revoke access tokens; default both for an operator of all runs, and"
                            + " otherwise none")
            @Nullable
            Set<@NotNull AccessRight> rights,

            @Size(min = 1, max = RunPatterns.MAX_PATTERNS)
            @Schema(
                    description =
                            "the only runs that it may use: names, or prefixes of names followed by a star; default"
                                    + " all. With this field, requests that concern other runs are refused",
                    example = "[\"fleet-a-*\"]")
            @Nullable
            List<
                            @NotNull
                            @Pattern(
                                    regexp = RunPatterns.PATTERN,
                                    message = "must be a run's name, or a prefix of one followed by a star")
                            String>
                    runs,

            @DurationMin(seconds = 1)
            @DurationMax(days = 3660)
            @Schema(description = "never expires if left out", type = "string", example = "P90D")
            @Nullable
            Duration expiresIn) {

        Permissions permissions() {
            try {
                return Permissions.of(role, rights, runs);
            } catch (IllegalArgumentException e) {
                throw ProblemKind.INVALID
                        .because("rights: " + e.getMessage(), "leave out 'rights', or 'runs'")
                        .with("field", "rights");
            }
        }
    }
}
