package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.platform.problem.JsonProblems;
import io.evenkeel.engine.definition.DefinitionCheck;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a run's definition from JSON. A refusal names all errors: unknown fields and values of the wrong type, which
 * Jackson would report one at a time, and the errors that {@link DefinitionCheck} finds. Thread-safe.
 */
@Component
public class DefinitionReader {

    /** The maximum number of reported JSON errors, each of which costs another pass over the definition. */
    private static final int MAX_JSON_ERRORS = 20;

    private final JsonMapper json;

    DefinitionReader(JsonMapper json) {
        this.json = json;
    }

    /**
     * Reads a request's body.
     *
     * @throws ProblemException {@code malformed} if it is not a JSON object; {@code invalid} with every wrong field and its place
     */
    public RunDefinition read(byte[] body) {
        try {
            if (json.readTree(body) instanceof ObjectNode definition) {
                return read(definition, new FieldErrors(fields -> places(body, fields)));
            }
            // Fails for anything but an object, with the position of the error.
            var unused = json.readValue(body, RunDefinition.class);
        } catch (JacksonException e) {
            throw JsonProblems.of(e);
        }
        throw ProblemKind.MALFORMED.because(
                "the body is null, expected an object", "correct the JSON and send it again");
    }

    /**
     * Reads a definition, and removes wrong values from the tree.
     *
     * @throws ProblemException {@code invalid} with every wrong field
     */
    public RunDefinition read(ObjectNode definition) {
        return read(definition, new FieldErrors());
    }

    private RunDefinition read(ObjectNode tree, FieldErrors errors) {
        while (true) {
            try {
                RunDefinition definition = json.treeToValue(tree, RunDefinition.class);
                return errors.isEmpty()
                        ? definition
                        : new DefinitionCheck(definition, errors).plan().definition();
            } catch (JacksonException e) {
                add(e, errors);
                if (errors.count() == MAX_JSON_ERRORS || !remove(tree, e.getPath())) {
                    throw errors.toProblem();
                }
            }
        }
    }

    private static void add(JacksonException e, FieldErrors errors) {
        String fault = JsonProblems.fault(e);
        if (fault == null || e.getPath().isEmpty()) {
            throw JsonProblems.of(e);
        }
        String field = JsonProblems.field(e);
        errors.add(field, fault);
        String meant = Objects.requireNonNullElse(JsonProblems.meantField(e), field);
        errors.settle(meant);
        if (meant.equals("dimension")) {
            // Without this, "dimension" and "tensors" would also be reported as missing because of this
            // error.
            errors.settle("tensors");
        }
    }

    /**
     * Removes a value, and returns whether it existed; a list element becomes null, so that the others keep their
     * positions.
     */
    private static boolean remove(ObjectNode tree, List<JacksonException.Reference> path) {
        JsonNode parent = tree;
        for (JacksonException.Reference step : path.subList(0, path.size() - 1)) {
            parent =
                    step.getPropertyName() == null ? parent.path(step.getIndex()) : parent.path(step.getPropertyName());
        }
        JacksonException.Reference last = path.get(path.size() - 1);
        if (parent instanceof ArrayNode list && list.has(last.getIndex())) {
            list.set(last.getIndex(), list.nullNode());
            return true;
        }
        return parent instanceof ObjectNode object && object.remove(last.getPropertyName()) != null;
    }

    /** Returns the positions of the given fields in a text. */
    private Map<String, FieldErrors.Place> places(byte[] text, Set<String> fields) {
        Map<String, FieldErrors.Place> places = new HashMap<>();
        try (JsonParser parser = json.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String path = path(parser.streamReadContext());
                if (fields.contains(path)) {
                    TokenStreamLocation location = parser.currentTokenLocation();
                    places.putIfAbsent(path, new FieldErrors.Place(location.getLineNr(), location.getColumnNr()));
                }
            }
        }
        return places;
    }

    /** Returns the path of the current value, written as {@link JsonProblems#field} does. */
    private static String path(@Nullable TokenStreamContext context) {
        if (context == null) {
            return "";
        }
        String above = path(context.getParent());
        if (context.inArray() && context.hasCurrentIndex()) {
            return above + "[" + context.getCurrentIndex() + "]";
        }
        return context.currentName() == null ? above : (above.isEmpty() ? "" : above + ".") + context.currentName();
    }
}
