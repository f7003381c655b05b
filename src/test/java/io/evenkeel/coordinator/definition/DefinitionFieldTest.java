package io.evenkeel.coordinator.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.GeneratedFile;
import io.evenkeel.engine.definition.DefinitionField;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.StopReason;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tests which fields can change, and generates files from {@link RunDefinition}: docs/definition.md, and lists for the
 * CLI and Python.
 */
class DefinitionFieldTest {

    private static final Pattern PARAMETER =
            Pattern.compile("@param (\\w+)\\s+(.*?)(?=\\s*@param|\\s*$)", Pattern.DOTALL);

    /** The fields that the Python package derives from the model. */
    private static final Set<String> OF_THE_MODEL = Set.of("tensors", "dimension", "initialModel");

    @Test
    void onlyFieldsThatSentMessagesDoNotDependOnCanChange() {
        assertThat(DefinitionField.all().stream()
                        .filter(field -> field.fixedBecause().isEmpty())
                        .map(DefinitionField::text))
                .containsExactly(
                        "rounds",
                        "participants",
                        "time",
                        "sampling",
                        "stop",
                        "weights",
                        "priority",
                        "description",
                        "tags");
    }

    @Test
    void findsTheFieldOfAPath() {
        assertThat(DefinitionField.of("participants.min").orElseThrow().text()).isEqualTo("participants");
        assertThat(DefinitionField.of("rounds").orElseThrow().text()).isEqualTo("rounds");
        assertThat(DefinitionField.of("state")).isEmpty();
    }

    @Test
    void thePageHasEveryFieldAndReason() throws IOException {
        StringBuilder reasons = new StringBuilder("\n## Why a run stopped\n\n| `stopReason` | when |\n|---|---|\n");
        for (StopReason reason : StopReason.values()) {
            reasons.append("| `%s` | %s |\n".formatted(reason.text(), GeneratedFile.meaning(reason)));
        }
        GeneratedFile.compareTables(
                "docs/definition.md",
                DefinitionFieldTest.class,
                "\n## Fields\n\n| field | meaning | can change |\n|---|---|---|\n"
                        + rows("", RunDefinition.class).collect(Collectors.joining()) + reasons);
    }

    @Test
    void toolsKnowTheFieldsAndWhichCanChange() throws IOException {
        GeneratedFile.compare(
                "tools/src/main/resources/io/evenkeel/tools/definition-fields.txt",
                Arrays.stream(RunDefinition.class.getRecordComponents())
                        .flatMap(component -> leaves("", component)
                                .map(path -> DefinitionField.of(path)
                                                .flatMap(DefinitionField::fixedBecause)
                                                .isEmpty()
                                        ? path + " *"
                                        : path))
                        .collect(Collectors.joining("\n", "", "\n")));
    }

    @Test
    void theConsoleKnowsTheFieldsAndWhichCanChange() throws IOException {
        GeneratedFile.compare(
                "src/main/resources/console/definition-fields.js",
                DefinitionField.all().stream()
                        .map(field -> "  " + field.text() + ": "
                                + field.fixedBecause().isEmpty() + ",\n")
                        .collect(Collectors.joining(
                                "",
                                "// The fields of a definition, and whether each can change. DefinitionFieldTest generates this file from RunDefinition.java.\nexport const DEFINITION = {\n",
                                "};\n")));
    }

    @Test
    void thePythonPackageKnowsTheTypeOfEachField() throws IOException {
        GeneratedFile.compare(
                "client-sdk/python/src/evenkeel/_fields.py",
                Arrays.stream(RunDefinition.class.getRecordComponents())
                        .filter(component -> !OF_THE_MODEL.contains(component.getName()))
                        .map(component -> "    \"" + component.getName() + "\": " + python(component.getType()) + ",\n")
                        .collect(
                                Collectors.joining(
                                        "",
                                        "\"\"\"The fields of a run's definition. DefinitionFieldTest generates this file from RunDefinition.java.\"\"\"\n\nFIELDS = {\n",
                                        "}\n\"\"\"The fields besides the model's, with their JSON types; docs/definition.md explains them.\"\"\"\n")));
    }

    private static Stream<String> leaves(String path, RecordComponent component) {
        return component.getType().isRecord()
                ? Arrays.stream(component.getType().getRecordComponents())
                        .flatMap(inner -> leaves(path + component.getName() + ".", inner))
                : Stream.of(path + component.getName());
    }

    private static String python(Class<?> type) {
        if (type == Integer.class || type == Long.class) {
            return "int";
        }
        if (type == Double.class) {
            return "float";
        }
        return type == List.class ? "list" : type.isRecord() ? "dict" : "str";
    }

    private static Stream<String> rows(String path, Class<?> type) throws IOException {
        Map<String, String> meanings = meanings(type);
        Stream<String> rows = Stream.empty();
        for (RecordComponent component : type.getRecordComponents()) {
            String name = path + component.getName();
            String meaning = Objects.requireNonNull(meanings.get(component.getName()), name + " has no @param");
            String changes = path.isEmpty()
                    ? DefinitionField.of(name)
                            .flatMap(DefinitionField::fixedBecause)
                            .map(fixed -> "no: " + fixed)
                            .orElse("yes")
                    : "";
            rows = Stream.concat(
                    rows,
                    Stream.of("| `%s` | %s | %s |\n"
                            .formatted(name, GeneratedFile.cell(meaning) + bounds(name), GeneratedFile.cell(changes))));
            if (component.getType().isRecord()) {
                rows = Stream.concat(rows, rows(name + ".", component.getType()));
            }
        }
        return rows;
    }

    private static String bounds(String path) {
        DefinitionField.Bounds bounds = DefinitionField.bounds(path);
        return bounds.max() == Long.MAX_VALUE
                ? ""
                : String.format(Locale.ROOT, "; %,d to %,d", bounds.min(), bounds.max());
    }

    /** Returns the Javadoc of a record's components. */
    private static Map<String, String> meanings(Class<?> type) throws IOException {
        String binary = type.getName().substring(type.getPackageName().length() + 1);
        try (InputStream file = Objects.requireNonNull(type.getResourceAsStream(binary + "__Javadoc.json"))) {
            Matcher parameter = PARAMETER.matcher(
                    JsonMapper.shared().readTree(file).path("doc").asString());
            Map<String, String> meanings = new HashMap<>();
            while (parameter.find()) {
                meanings.put(parameter.group(1), parameter.group(2));
            }
            return meanings;
        }
    }
}
