package io.evenkeel.cli.devices;

import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Formats attributes and labels as text. */
public final class DeviceAttributes {

    private DeviceAttributes() {}

    /** Returns keys and values separated by commas, as in selectors; empty if there are none. */
    public static String text(JsonNode attributes) {
        return attributes.properties().stream().map(DeviceAttributes::text).collect(Collectors.joining(","));
    }

    /** Returns the attributes of a document and its labels, which replace attributes with the same key. */
    public static String visible(JsonNode document) {
        JsonNode labels = document.path("labels");
        String own = document.path("attributes").properties().stream()
                .filter(entry -> !labels.has(entry.getKey()))
                .map(DeviceAttributes::text)
                .collect(Collectors.joining(","));
        String set = text(labels);
        return own + (own.isEmpty() || set.isEmpty() ? "" : ",") + set;
    }

    private static String text(Map.Entry<String, JsonNode> entry) {
        return entry.getKey() + "=" + entry.getValue().asString("");
    }
}
