package io.evenkeel.coordinator.registry;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.model.Downloads;
import io.evenkeel.coordinator.model.ModelForm;
import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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

/** Creates, lists, inspects and deletes versions over HTTP. */
@Tag(name = "Model registry")
@RestController
@RequestMapping(path = "/api/v1/models/{model}/versions", produces = MediaType.APPLICATION_JSON_VALUE)
class ModelVersionController {

    /** Allows 100 million values of 8 bytes, and the header. */
    private static final long LARGEST_FILE = 802_000_000;

    /** Allows 32 entries of metadata. */
    private static final long LARGEST_METADATA = 65_536;

    private final ModelRegistry registry;
    private final RunPublisher runs;
    private final ModelFiles files;
    private final ModelVersionView.Factory views;

    ModelVersionController(
            ModelRegistry registry, RunPublisher runs, ModelFiles files, ModelVersionView.Factory views) {
        this.registry = registry;
        this.runs = runs;
        this.files = files;
        this.views = views;
    }

    @Operation(
            summary = "Create a version from a run's model",
            description =
                    "Versions are numbered 1, 2, 3 and never change. The model is created with its first version.")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST_METADATA)
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ModelVersionView> publishVersion(
            @PathVariable @Pattern(regexp = RegisteredModelController.NAME, message = RegisteredModelController.NAMES)
                    String model,
            @Valid @RequestBody Publication publication,
            @AuthenticationPrincipal Caller caller)
            throws IOException {
        return created(runs.publish(
                model,
                publication.run(),
                publication.which(),
                ModelForm.type(publication.dtype() == null ? "float32" : publication.dtype()),
                publication.metadata() == null ? Map.of() : publication.metadata(),
                caller.name()));
    }

    @Operation(
            summary = "Upload a version",
            description = "The file is kept byte for byte. All its tensors have the same type, float32 or float64, and"
                    + " finite values.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = @Content(mediaType = "application/x-safetensors")))
    @PostMapping(path = "/upload", consumes = "application/x-safetensors")
    @BodyLimit(LARGEST_FILE)
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<ModelVersionView> uploadVersion(
            @PathVariable @Pattern(regexp = RegisteredModelController.NAME, message = RegisteredModelController.NAMES)
                    String model,
            HttpServletRequest request,
            @AuthenticationPrincipal Caller caller)
            throws IOException {
        return created(files.received(
                request.getInputStream(),
                file -> registry.publish(model, Lineage.UPLOADED, file, files.examine(file), Map.of(), caller.name())));
    }

    private ResponseEntity<ModelVersionView> created(ModelVersion version) {
        return ResponseEntity.created(
                        URI.create("/api/v1/models/" + version.model() + "/versions/" + version.version()))
                .body(views.of(version));
    }

    @Operation(summary = "List a model's versions, newest first")
    @GetMapping
    List<ModelVersionView> listVersions(
            @PathVariable String model,
            @RequestParam(defaultValue = "2147483647") @Schema(description = "returns versions before this number")
                    int before,
            @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit) {
        return views.of(registry.versions(model, before, limit));
    }

    @Operation(summary = "Inspect a version", description = "By its number, or by @ and an alias.")
    @GetMapping("/{version}/details")
    ModelVersionView getVersion(@PathVariable String model, @PathVariable String version) {
        return views.of(registry.version(model, version));
    }

    @Operation(summary = "Replace a version's metadata")
    @PutMapping(path = "/{version}/metadata", consumes = MediaType.APPLICATION_JSON_VALUE)
    @BodyLimit(LARGEST_METADATA)
    ModelVersionView replaceVersionMetadata(
            @PathVariable String model, @PathVariable int version, @Valid @RequestBody Metadata metadata) {
        return views.of(registry.replaceMetadata(model, version, metadata.metadata()));
    }

    @Operation(
            summary = "Delete a version and its file",
            description = "Refused while an alias points to it. Its number is not used again.")
    @DeleteMapping("/{version}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void deleteVersion(@PathVariable String model, @PathVariable int version) {
        registry.deleteVersion(model, version);
    }

    /** A request for a version. */
    @Schema(name = "ModelPublication")
    record Publication(
            @NotNull(message = "is missing, expected the name of a run")
            String run,

            @Schema(description = "a round that has a model; the newest if left out") @Nullable
            Integer round,

            @Schema(description = "uses the round with the best losses instead of a number", defaultValue = "false")
            @Nullable
            Boolean best,

            @Schema(description = "float32 or float64", defaultValue = "float32") @Nullable
            String dtype,

            @Size(max = 32) @Nullable
            Map<@Size(min = 1, max = 64) String, @NotNull @Size(max = 1000) String> metadata) {

        private String which() {
            boolean isBest = Boolean.TRUE.equals(best);
            if (isBest && round != null) {
                throw ProblemKind.INVALID
                        .because("round is " + round + ", and best requests a different one", "leave one of them out")
                        .with("field", "round");
            }
            return isBest ? Downloads.BEST : round == null ? Downloads.LATEST : Integer.toString(round);
        }
    }

    /** A version's metadata. */
    @Schema(name = "ModelVersionMetadata")
    record Metadata(
            @NotNull(message = "is missing, expected an object of strings") @Size(max = 32)
            Map<@Size(min = 1, max = 64) String, @NotNull @Size(max = 1000) String> metadata) {}
}
