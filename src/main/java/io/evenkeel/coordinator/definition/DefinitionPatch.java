package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.platform.http.MergePatch;
import io.evenkeel.engine.definition.DefinitionField;
import io.evenkeel.engine.definition.FieldChange;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.Revision;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Applies changes to definitions, and determines the effect of a merge patch. Thread-safe. */
@Component
public class DefinitionPatch {

    private final JsonMapper json;
    private final DefinitionReader definitions;

    DefinitionPatch(JsonMapper json, DefinitionReader definitions) {
        this.json = json;
        this.definitions = definitions;
    }

    /**
     * The definition after a patch.
     *
     * @param definition the resulting definition, with every default filled in
     * @param changes the differences, in the order of the definition; empty if there are none
     */
    public record Result(RunDefinition definition, List<FieldChange> changes) {}

    /**
     * Returns a definition with all changes of the given revisions applied.
     *
     * @param created the definition as created
     * @param revisions the revisions in order
     * @param rules receives the rules after each revision
     */
    public RunDefinition replay(RunDefinition created, List<Revision> revisions, Consumer<RoundRules> rules) {
        ObjectNode tree = json.valueToTree(created);
        // Leaves out the tensors: there can be 10,000 of them, and revisions never change them.
        JsonNode tensors = tree.remove(DefinitionField.TENSORS);
        for (Revision revision : revisions) {
            revision.changes().forEach(change -> apply(tree, change));
            rules.accept(RoundRules.of(json.treeToValue(tree, RunDefinition.class)));
        }
        if (tensors != null) {
            tree.set(DefinitionField.TENSORS, tensors);
        }
        return json.treeToValue(tree, RunDefinition.class);
    }

    private void apply(ObjectNode tree, FieldChange change) {
        MergePatch.apply(tree, patch(change));
        removeEmpty(tree);
    }

    /** Removes conditions and ranges without a value, which count as absent. */
    private static void removeEmpty(ObjectNode tree) {
        tree.removeIf(value -> {
            if (value instanceof ObjectNode nested) {
                removeEmpty(nested);
                return nested.isEmpty();
            }
            return false;
        });
    }

    private ObjectNode patch(FieldChange change) {
        JsonNode value = json.valueToTree(change.to());
        String[] path = change.field().split("\\.", -1);
        for (int i = path.length - 1; i > 0; i--) {
            value = json.createObjectNode().set(path[i], value);
        }
        return json.createObjectNode().set(path[0], value);
    }

    /**
     * Merges a patch into a definition.
     *
     * @param definition the definition, with every default filled in
     * @throws ProblemException {@code invalid} with every wrong field; {@code fixed-field} with every field that cannot change, and why
     */
    public Result merge(RunDefinition definition, ObjectNode patch) {
        ObjectNode before = json.valueToTree(definition);
        ObjectNode merged = before.deepCopy();
        MergePatch.apply(merged, patch);
        List<FieldChange> fixed = fixed(definition, differences(before, merged));
        RunDefinition after;
        try {
            after = ValidatedPlan.of(definitions.read(merged)).definition();
        } catch (ProblemException invalid) {
            // A wrong value of a fixed field is reported as fixed, because correcting the value would not help.
            throw fixed.isEmpty() ? invalid : refusal(definition, fixed);
        }
        List<FieldChange> changes = differences(before, json.valueToTree(after));
        // Compares again after the check: "horizon:1:0.5" is the same as "horizon:1.0:0.5".
        List<FieldChange> unchangeable = fixed(definition, changes);
        if (!unchangeable.isEmpty()) {
            throw refusal(definition, unchangeable);
        }
        return new Result(after, changes);
    }

    /** Returns the differences of two definitions in fields that cannot change. */
    public List<FieldChange> fixed(RunDefinition before, RunDefinition after) {
        return fixed(before, differences(json.valueToTree(before), json.valueToTree(after)));
    }

    private static List<FieldChange> fixed(RunDefinition definition, List<FieldChange> changes) {
        return changes.stream()
                .filter(change -> DefinitionField.of(change.field())
                        .flatMap(field -> field.fixedBecause(definition))
                        .isPresent())
                .toList();
    }

    private static ProblemException refusal(RunDefinition definition, List<FieldChange> fixed) {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (FieldChange change : fixed) {
            DefinitionField.of(change.field())
                    .ifPresent(field -> reasons.put(
                            field.text(), field.fixedBecause(definition).orElseThrow()));
        }
        List<FieldErrors.FieldError> errors = reasons.entrySet().stream()
                .map(reason -> new FieldErrors.FieldError(reason.getKey(), "cannot change: " + reason.getValue()))
                .toList();
        return ProblemKind.FIXED_FIELD
                .because(
                        errors.stream().map(FieldErrors.FieldError::sentence).collect(Collectors.joining("; ")),
                        "leave " + String.join(", ", reasons.keySet()) + " out; for another value create a new run,"
                                + " which can start from this run's model (initialModel: uploaded)")
                .with("field", errors.get(0).field())
                .with("errors", errors);
    }

    private List<FieldChange> differences(ObjectNode before, ObjectNode after) {
        List<FieldChange> changes = new ArrayList<>();
        paths(before, after).forEach(path -> {
            JsonNode from = value(before, path);
            JsonNode to = value(after, path);
            if (!Objects.equals(from, to)) {
                changes.add(new FieldChange(path, plain(from), plain(to)));
            }
        });
        return changes;
    }

    /** Returns the paths of both definitions in the order of the fields; descends into objects, but not into lists. */
    private static Set<String> paths(ObjectNode before, ObjectNode after) {
        Set<String> paths = new LinkedHashSet<>();
        for (DefinitionField field : DefinitionField.all()) {
            addPaths(field.text(), before.get(field.text()), paths);
            addPaths(field.text(), after.get(field.text()), paths);
        }
        return paths;
    }

    private static void addPaths(String path, @Nullable JsonNode value, Set<String> paths) {
        if (value instanceof ObjectNode nested) {
            nested.properties().forEach(field -> addPaths(path + "." + field.getKey(), field.getValue(), paths));
        } else if (value != null) {
            paths.add(path);
        }
    }

    private static @Nullable JsonNode value(ObjectNode tree, String path) {
        JsonNode value = tree;
        for (String name : path.split("\\.", -1)) {
            value = value == null ? null : value.get(name);
        }
        return value instanceof ObjectNode ? null : value;
    }

    private @Nullable Object plain(@Nullable JsonNode value) {
        return value == null ? null : json.treeToValue(value, Object.class);
    }
}
