package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValueSetsTest {

    private static final ObjectMapper YAML = new YAMLMapper();

    static List<Path> valueSets() {
        return Chart.valueSets();
    }

    @Test
    void passesLintWithItsDefaults() {
        assertLintPasses(Chart.FOLDER);
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void passesLintWithEachSetAsItsDefaults(Path valueSet, @TempDir Path temporary) throws IOException {
        Path copy = temporary.resolve("evenkeel");
        Chart.copyTo(copy);
        JsonNode merged =
                merge(YAML.readTree(Chart.FOLDER.resolve("values.yaml").toFile()), YAML.readTree(valueSet.toFile()));
        Files.writeString(copy.resolve("values.yaml"), YAML.writeValueAsString(merged));

        assertLintPasses(copy);
    }

    @Test
    void needsNoValues() {
        assertThat(Chart.render(Map.of()).kinds())
                .containsExactly(
                        "Deployment",
                        "NetworkPolicy",
                        "PersistentVolumeClaim",
                        "Pod",
                        "Secret",
                        "Service",
                        "ServiceAccount");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void rendersToManifestsThatKubernetesKnows(Path valueSet) {
        assertThatCode(() -> Chart.render(valueSet)).doesNotThrowAnyException();
    }

    @Test
    void rendersEveryTemplateInSomeSet() throws IOException {
        Set<String> rendered = Chart.valueSets().stream()
                .flatMap(set -> Chart.render(set).templates().stream())
                .collect(Collectors.toSet());

        try (Stream<Path> files = Files.walk(Chart.FOLDER.resolve("templates"))) {
            assertThat(files.map(file -> Chart.FOLDER.relativize(file).toString())
                            .filter(file -> file.endsWith(".yaml")))
                    .isSubsetOf(rendered);
        }
    }

    private static void assertLintPasses(Path chart) {
        LintResult result = new Helm(chart).lint().strict().call();
        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[WARNING]"));
    }

    private static JsonNode merge(JsonNode under, JsonNode over) {
        if (!(under instanceof ObjectNode fields) || !over.isObject()) {
            return over;
        }
        over.properties().forEach(entry -> {
            JsonNode below = fields.get(entry.getKey());
            fields.set(entry.getKey(), below == null ? entry.getValue() : merge(below, entry.getValue()));
        });
        return fields;
    }
}
