package io.evenkeel.cli.command;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Creates a JSON object without fields that have no value. */
public final class JsonObject {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final ObjectNode node = MAPPER.createObjectNode();

    /** Returns an object built from alternating fields and values. */
    public static ObjectNode of(@Nullable Object... fieldsAndValues) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < fieldsAndValues.length; i += 2) {
            object.put(String.valueOf(fieldsAndValues[i]), fieldsAndValues[i + 1]);
        }
        return object.node();
    }

    /** Adds a field, unless the value is null. */
    public JsonObject put(String field, @Nullable Object value) {
        if (value != null) {
            node.set(field, MAPPER.valueToTree(value instanceof Duration time ? time.toString() : value));
        }
        return this;
    }

    public ObjectNode node() {
        return node;
    }
}
