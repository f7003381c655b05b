package io.evenkeel.coordinator.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Creates an endpoint with requests of the described shape for each operation in the coordinator's OpenAPI document.
 */
final class DescribedEndpoints {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");
    private static final int DEEPEST = 6;
    private static final String UNKNOWN = "none";

    private final JsonNode document;
    private final Map<String, String> known;

    /** @param known valid values of path variables, by name */
    DescribedEndpoints(JsonNode document, Map<String, String> known) {
        this.document = document;
        this.known = known;
    }

    /** Chooses the credentials for an operation. */
    interface Caller {
        String token(HttpMethod method, String path);
    }

    /** Returns the endpoints of all operations except event streams, whose responses do not end. */
    List<FuzzEndpoint> endpoints(Caller caller) {
        List<FuzzEndpoint> endpoints = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(operation -> METHODS.contains(operation.getKey()))
                        .filter(operation -> !operation.getValue().toString().contains("text/event-stream"))
                        .forEach(operation -> endpoints.add(endpoint(
                                HttpMethod.valueOf(operation.getKey().toUpperCase(Locale.ROOT)),
                                path.getKey(),
                                operation.getValue(),
                                caller))));
        return endpoints;
    }

    private FuzzEndpoint endpoint(HttpMethod method, String path, JsonNode operation, Caller caller) {
        Map<String, String> parameters = new TreeMap<>();
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.path("in").asString().equals("query")) {
                String name = parameter.path("name").asString();
                parameters.put(name, name.equals("wait") ? "0s" : text(parameter.path("schema")));
            }
        }
        JsonNode content = operation.path("requestBody").path("content");
        String type =
                content.isEmpty() ? "" : content.propertyNames().iterator().next();
        return new FuzzEndpoint(
                method,
                VARIABLE.matcher(path)
                        .replaceAll(variable ->
                                Matcher.quoteReplacement("{" + known.getOrDefault(variable.group(1), UNKNOWN) + "}")),
                parameters,
                caller.token(method, path),
                type,
                type.isEmpty() ? List.of() : List.of(body(type, content.path(type))),
                type.contains("json")
                        ? FuzzTargets::damagedJson
                        : (random, valid) -> new Mutator(random).mutate(valid));
    }

    private byte[] body(String type, JsonNode content) {
        String text = type.contains("json") ? sample(content.path("schema"), 0).toString() : type;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String text(JsonNode schema) {
        JsonNode sample = sample(schema, 0);
        return sample.isString() ? sample.stringValue() : sample.toString();
    }

    /** Returns a value of a schema: its default or example, or otherwise a value of its type. */
    private JsonNode sample(JsonNode reference, int depth) {
        JsonNode schema = resolved(reference);
        if (schema.has("default") || schema.has("example")) {
            return schema.has("default") ? schema.path("default") : schema.path("example");
        }
        if (!schema.path("enum").isEmpty()) {
            return schema.path("enum").path(0);
        }
        return switch (schema.path("type").asString("object")) {
            case "string" -> JSON.getNodeFactory().stringNode("a");
            case "integer", "number" -> JSON.getNodeFactory().numberNode(1);
            case "boolean" -> JSON.getNodeFactory().booleanNode(true);
            case "array" -> {
                ArrayNode list = JSON.createArrayNode();
                if (depth < DEEPEST) {
                    list.add(sample(schema.path("items"), depth + 1));
                }
                yield list;
            }
            default -> {
                ObjectNode object = JSON.createObjectNode();
                if (depth < DEEPEST) {
                    schema.path("properties")
                            .properties()
                            .forEach(property -> object.set(property.getKey(), sample(property.getValue(), depth + 1)));
                }
                yield object;
            }
        };
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asString("");
        return reference.isEmpty() ? schema : document.at(reference.substring(1));
    }
}
