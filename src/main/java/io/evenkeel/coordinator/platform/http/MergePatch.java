package io.evenkeel.coordinator.platform.http;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON merge patch (RFC 7396): fields of the patch replace fields of the document, and null removes a field.
 */
public final class MergePatch {

    /** The media type. */
    public static final String MEDIA_TYPE = "application/merge-patch+json";

    private MergePatch() {}

    /** Applies a patch to a document. Modifies the document. */
    public static void apply(ObjectNode document, ObjectNode patch) {
        patch.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isNull()) {
                document.remove(field.getKey());
            } else if (value instanceof ObjectNode nested) {
                ObjectNode target =
                        document.get(field.getKey()) instanceof ObjectNode existing ? existing : document.objectNode();
                apply(target, nested);
                document.set(field.getKey(), target);
            } else {
                document.set(field.getKey(), value);
            }
        });
    }
}
