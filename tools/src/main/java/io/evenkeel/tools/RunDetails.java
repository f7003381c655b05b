package io.evenkeel.tools;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run: its definition and its status.
 *
 * @param name the run's name
 * @param definition with the field names of the API and all defaults, without the run's name
 * @param status its status
 */
public record RunDetails(String name, Map<String, Object> definition, RunStatus status) {

    /** The fields of the API that are not part of the definition. */
    private static final List<String> STATE = List.of(
            "name",
            "state",
            "round",
            "members",
            "createdAt",
            "openedAt",
            "deadline",
            "accepted",
            "extended",
            "stationary",
            "privacySpent",
            "bestRound",
            "message",
            "revision");

    public RunDetails {
        definition = Map.copyOf(definition);
    }

    static RunDetails of(JsonMapper json, JsonNode run) {
        Map<String, Object> definition = new TreeMap<>();
        run.properties().forEach(field -> {
            if (!STATE.contains(field.getKey())) {
                definition.put(field.getKey(), json.treeToValue(field.getValue(), Object.class));
            }
        });
        return new RunDetails(run.path("name").asString(), definition, RunStatus.of(run));
    }
}
