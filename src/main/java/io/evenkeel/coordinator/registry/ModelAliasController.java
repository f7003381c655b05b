package io.evenkeel.coordinator.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Moves aliases over HTTP: promotes versions, and rolls back. */
@Tag(name = "Model registry")
@RestController
@RequestMapping(path = "/api/v1/models/{model}/aliases/{alias}", produces = MediaType.APPLICATION_JSON_VALUE)
class ModelAliasController {

    private final ModelRegistry registry;

    ModelAliasController(ModelRegistry registry) {
        this.registry = registry;
    }

    @Operation(
            summary = "Point an alias to a version",
            description = "Devices that follow the alias get the version with their next request.")
    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL * 2)
    View promoteVersion(
            @PathVariable String model,
            @PathVariable @Pattern(regexp = RegisteredModelController.NAME, message = RegisteredModelController.NAMES)
                    String alias,
            @Valid @RequestBody Promotion promotion,
            @AuthenticationPrincipal Caller caller) {
        return View.of(registry.promote(model, alias, promotion.version(), promotion.reason(), caller.name()));
    }

    @Operation(
            summary = "Roll an alias back",
            description = "The alias points to its previous version again, if that still exists. A second"
                    + " roll-back undoes the first.")
    @PostMapping("/rollback")
    View rollBackAlias(@PathVariable String model, @PathVariable String alias, @AuthenticationPrincipal Caller caller) {
        return View.of(registry.rollBack(model, alias, "roll-back", caller.name()));
    }

    @Operation(summary = "Remove an alias", description = "Its version stays.")
    @DeleteMapping
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteAlias(@PathVariable String model, @PathVariable String alias, @AuthenticationPrincipal Caller caller) {
        registry.removeAlias(model, alias, caller.name());
    }

    @Operation(
            summary = "Protect an alias",
            description =
                    "From now on only roll-outs that another operator has approved, and roll-backs, can move it. A"
                            + " repeated request withdraws a request to end the protection.")
    @PostMapping("/protection")
    ProtectedAliases.Protection protectAlias(
            @PathVariable String model, @PathVariable String alias, @AuthenticationPrincipal Caller caller) {
        return registry.protect(model, alias, caller.name());
    }

    @Operation(
            summary = "End the protection of an alias",
            description =
                    "Requires two operators: the first request is recorded as releaseBy, and that of another operator"
                            + " ends the protection and is recorded as endedBy.")
    @PostMapping("/protection/release")
    ProtectedAliases.Protection releaseAlias(
            @PathVariable String model, @PathVariable String alias, @AuthenticationPrincipal Caller caller) {
        return registry.release(model, alias, caller.name());
    }

    @Operation(summary = "List an alias's changes, newest first")
    @GetMapping("/history")
    List<View> listAliasHistory(
            @PathVariable String model,
            @PathVariable String alias,
            @RequestParam(defaultValue = "20") @Min(1) @Max(1000) int limit) {
        return registry.history(model, alias, limit).stream().map(View::of).toList();
    }

    /** A request to move an alias. */
    @Schema(name = "ModelPromotion")
    record Promotion(
            @NotNull(message = "is missing, expected a version's number")
            Integer version,

            @Size(max = 1000) @DisplayName @Nullable String reason) {}

    /**
     * A change of an alias.
     *
     * @param version the version that it has pointed to since; absent if it was removed
     */
    @Schema(name = "ModelAliasChange")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            String model,
            String alias,
            @Nullable Integer version,
            @Nullable String reason,
            String changedBy,
            Instant changedAt) {

        static View of(AliasChange change) {
            return new View(
                    change.model(),
                    change.alias(),
                    change.version(),
                    change.reason(),
                    change.changedBy(),
                    change.changedAt());
        }
    }
}
