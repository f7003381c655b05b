package io.evenkeel.tools;

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

    public RunDetails {
        definition = Map.copyOf(definition);
    }

    static RunDetails of(JsonMapper json, JsonNode run) {
        Map<String, Object> definition = new TreeMap<>();
        for (String field : DefinitionFields.names()) {
            if (run.has(field) && !field.equals("name")) {
                definition.put(field, json.treeToValue(run.get(field), Object.class));
            }
        }
        return new RunDetails(run.path("name").asString(), definition, RunStatus.of(run));
    }
}
