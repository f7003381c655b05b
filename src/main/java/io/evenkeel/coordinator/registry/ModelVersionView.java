package io.evenkeel.coordinator.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A version as operators see it.
 *
 * @param model the model's name
 * @param version the version's number
 * @param aliases the aliases that point to it
 * @param run the run it comes from; absent if it was uploaded, as are round, definition, members, loss and metrics
 * @param round the round whose model x^round it is
 * @param members number of the run's members in the last round closed before
 * @param loss mean of the losses of this model that devices reported in the round that trained on it
 * @param metrics means of the metrics of this model that they reported in it
 * @param noLoss why a version of a run has no loss
 * @param definition the run's definition
 * @param tensors names and shapes, in the order of the file's values
 * @param dtype the values' type, float32 or float64
 * @param bytes length of the safetensors file
 * @param sha256 SHA-256 of the safetensors file, in hex
 * @param metadata entries set by operators
 * @param createdBy name of the operator who created it
 * @param createdAt when it was created
 */
@Schema(name = "ModelVersion")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ModelVersionView(
        String model,
        int version,
        List<String> aliases,
        @Nullable String run,
        @Nullable Integer round,
        @Nullable Integer members,
        @Nullable Double loss,
        @Nullable JsonNode metrics,
        @Nullable NoLoss noLoss,
        @Nullable JsonNode definition,
        JsonNode tensors,
        String dtype,
        long bytes,
        String sha256,
        JsonNode metadata,
        String createdBy,
        Instant createdAt) {

    /** Why a version of a run has no loss. */
    @Schema(name = "NoLoss")
    enum NoLoss {
        /** No round that trained on the model was closed when the version was created. */
        NOT_TRAINED_ON("not-trained-on"),
        /** Devices reported no loss in that round. */
        NOT_REPORTED("not-reported");

        private final String text;

        NoLoss(String text) {
            this.text = text;
        }

        /** Returns the name in responses. */
        @JsonValue
        String text() {
            return text;
        }

        private static @Nullable NoLoss of(Lineage lineage) {
            if (lineage.run() == null || lineage.loss() != null) {
                return null;
            }
            return lineage.metrics() == null ? NOT_TRAINED_ON : NOT_REPORTED;
        }
    }

    /** Creates views. Thread-safe. */
    @Component
    static class Factory {

        private final ModelRegistry registry;
        private final JsonMapper json;

        Factory(ModelRegistry registry, JsonMapper json) {
            this.registry = registry;
            this.json = json;
        }

        ModelVersionView of(ModelVersion version) {
            return of(List.of(version)).get(0);
        }

        /** Returns the views of versions of one model. */
        List<ModelVersionView> of(List<ModelVersion> versions) {
            if (versions.isEmpty()) {
                return List.of();
            }
            Map<String, Integer> aliases = registry.get(versions.get(0).model()).aliases();
            return versions.stream()
                    .map(version -> view(
                            version,
                            aliases.entrySet().stream()
                                    .filter(alias -> alias.getValue() == version.version())
                                    .map(Map.Entry::getKey)
                                    .toList()))
                    .toList();
        }

        private ModelVersionView view(ModelVersion version, List<String> aliases) {
            Lineage lineage = version.lineage();
            StoredModelFile file = version.file();
            return new ModelVersionView(
                    version.model(),
                    version.version(),
                    aliases,
                    lineage.run(),
                    lineage.round(),
                    lineage.members(),
                    lineage.loss(),
                    tree(lineage.metrics()),
                    NoLoss.of(lineage),
                    tree(lineage.definition()),
                    json.readTree(file.tensors()),
                    file.dtype(),
                    file.bytes(),
                    file.sha256(),
                    json.readTree(version.metadata()),
                    version.createdBy(),
                    version.createdAt());
        }

        private @Nullable JsonNode tree(@Nullable String text) {
            return text == null ? null : json.readTree(text);
        }
    }
}
