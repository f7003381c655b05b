package io.evenkeel.coordinator.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lists, describes and deletes registered models over HTTP. */
@Tag(
        name = "Model registry",
        description = "Named models with versions and aliases (operator), and their download (device)")
@RestController
@RequestMapping(path = "/api/v1/models", produces = MediaType.APPLICATION_JSON_VALUE)
class RegisteredModelController {

    /** The pattern of the names of models and aliases. */
    static final String NAME = "[a-z0-9-]{1,64}";

    /** Describes the names that {@link #NAME} allows. */
    static final String NAMES = "must be 1 to 64 of a-z, 0-9 and -";

    private final ModelRegistry registry;

    RegisteredModelController(ModelRegistry registry) {
        this.registry = registry;
    }

    @Operation(summary = "List the registered models by name")
    @GetMapping
    List<View> listModels(
            @RequestParam(defaultValue = "") @Schema(description = "returns models after this name") String after,
            @RequestParam(defaultValue = "100") @Min(1) @Max(1000) int limit) {
        return registry.list(after, limit).stream().map(View::of).toList();
    }

    @Operation(summary = "Inspect a registered model")
    @GetMapping("/{model}")
    View getModel(@PathVariable String model) {
        return View.of(registry.get(model));
    }

    @Operation(
            summary = "Create a model, or change its description",
            description = "A model is also created with its first version.")
    @PutMapping(path = "/{model}", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(BodyLimit.SMALL * 2)
    View describeModel(
            @PathVariable @Pattern(regexp = NAME, message = NAMES) String model,
            @Valid @RequestBody Description description) {
        return View.of(registry.describe(model, description.description()));
    }

    @Operation(summary = "Delete a model that has no versions")
    @DeleteMapping("/{model}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteModel(@PathVariable String model) {
        registry.delete(model);
    }

    /** A model's description. */
    @Schema(name = "RegisteredModelDescription")
    record Description(
            @Size(max = 1000) @DisplayName @Nullable String description) {}

    /**
     * A model in a list.
     *
     * @param versions number of its versions
     * @param newest the newest version's number
     * @param aliases the version that each alias points to
     * @param protections the aliases that only approved roll-outs and roll-backs move
     */
    @Schema(name = "RegisteredModel")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            String name,
            @Nullable String description,
            long versions,
            @Nullable Integer newest,
            Map<String, Integer> aliases,
            List<ProtectedAliases.Protection> protections,
            Instant createdAt) {

        static View of(ModelRegistry.Listed listed) {
            return new View(
                    listed.model().name(),
                    listed.model().description(),
                    listed.versions(),
                    listed.newest().map(ModelVersion::version).orElse(null),
                    listed.aliases(),
                    listed.protections(),
                    listed.model().createdAt());
        }
    }
}
