package io.evenkeel.coordinator.openapi;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;

/**
 * Completes the descriptions in the OpenAPI document. Most of them are the Javadoc of records and their
 * components, which the build stores beside the classes. Converts Javadoc markup to Markdown, and provides
 * the descriptions of common parameters and fields.
 */
class OpenApiDescriptions implements OpenApiCustomizer {

    /** Parameters and fields with the same meaning in all requests and responses. */
    private static final Map<String, String> COMMON = Map.ofEntries(
            Map.entry("run", "the run's name"),
            Map.entry("round", "the round's number, from 0"),
            Map.entry("attempt", "with secure aggregation, the number of the attempt to aggregate the round"),
            Map.entry("model", "the registered model's name"),
            Map.entry("version", "the version's number, from 1"),
            Map.entry("alias", "the alias's name"),
            Map.entry("rollout", "the roll-out's id"),
            Map.entry("evaluation", "the evaluation's name"),
            Map.entry("experiment", "the experiment's name"),
            Map.entry("webhook", "the webhook's id"),
            Map.entry("delivery", "the delivery's id"),
            Map.entry("client", "the client's id"),
            Map.entry("id", "the id"),
            Map.entry("name", "the name"),
            Map.entry("description", "the operator's description"),
            Map.entry("reason", "the operator's reason"),
            Map.entry("sha256", "the SHA-256 of the content in hex"),
            Map.entry("token", "the token's text, which is shown once"),
            Map.entry("secret", "the secret, which is shown once"),
            Map.entry("role", "the role of the token"),
            Map.entry("rights", "rights beyond those of the role"),
            Map.entry("runs", "patterns of the names of the runs that the token permits, * for all"),
            Map.entry("uses", "how many devices can enrol with the token"),
            Map.entry("usesLeft", "how many devices can still enrol with the token"),
            Map.entry("metadata", "the version's metadata, names with values"),
            Map.entry("state", "only entries in this state; in a response, the current state"),
            Map.entry("limit", "the maximum number of entries in the response"),
            Map.entry("page", "the page's number, from 0"),
            Map.entry("size", "the number of entries on a page"),
            Map.entry("descending", "whether the largest or newest comes first"),
            Map.entry("from", "the number of the first entry"),
            Map.entry("after", "only entries after this one"),
            Map.entry("since", "the number of the round that the caller has"),
            Map.entry("points", "the maximum number of points of a curve"),
            Map.entry("outcome", "only devices with this outcome"),
            Map.entry("signature", "the signature of the address"),
            Map.entry("Upload-Offset", "the number of bytes that have arrived"),
            Map.entry("Accept", "the media types that the caller accepts"),
            Map.entry("shape", "the sizes of the tensor's dimensions"),
            Map.entry("kind", "the kind of the records"),
            Map.entry("default", "the value if it is left out"),
            Map.entry("createdAt", "when it was created"),
            Map.entry("createdBy", "the name of the operator who created it"),
            Map.entry("changedAt", "when it was changed"),
            Map.entry("changedBy", "the name of the operator who changed it"),
            Map.entry("approvedBy", "the name of the operator who approved it"),
            Map.entry("protectedAt", "when the protection began"),
            Map.entry("protectedBy", "the name of the operator who protected it"),
            Map.entry("openedAt", "when it was opened"),
            Map.entry("startedAt", "when it was started"),
            Map.entry("endedAt", "when it ended"),
            Map.entry("expiresAt", "when it expires; absent for never"),
            Map.entry("revokedAt", "when it was revoked"),
            Map.entry("deadline", "when it times out"),
            Map.entry("durationSeconds", "its duration in seconds"));

    @Override
    public void customise(OpenAPI document) {
        document.getComponents().getSchemas().values().forEach(OpenApiDescriptions::describe);
        document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .flatMap(operation ->
                        operation.getParameters() == null ? Stream.empty() : operation.getParameters().stream())
                .forEach(parameter ->
                        parameter.setDescription(description(parameter.getName(), parameter.getDescription())));
    }

    private static void describe(Schema<?> schema) {
        schema.setDescription(markdown(schema.getDescription()));
        if (schema.getProperties() != null) {
            schema.getProperties()
                    .forEach((name, property) -> property.setDescription(description(name, property.getDescription())));
        }
    }

    private static @Nullable String description(String name, @Nullable String given) {
        return given == null || given.isBlank() ? COMMON.get(name) : markdown(given);
    }

    private static @Nullable String markdown(@Nullable String javadoc) {
        return javadoc == null
                ? null
                : javadoc.replaceAll("</?code>", "`")
                        .replaceAll("\\{@link [^ }]* ?([^}]*)}", "`$1`")
                        .replaceAll("\\s+", " ")
                        .strip();
    }
}
