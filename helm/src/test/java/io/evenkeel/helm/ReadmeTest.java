package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of values in the chart's README says what values.yaml says. */
class ReadmeTest {

    private static final Pattern ROW = Pattern.compile("^\\| `([\\w.]+)` \\| `(.*?)` \\| .+ \\|$", Pattern.MULTILINE);

    @Test
    void saysTheDefaultOfEveryValueItNames() throws IOException {
        JsonNode values = values();

        assertThat(rows())
                .isNotEmpty()
                .allSatisfy((path, text) -> assertThat(
                                values.at("/" + path.replace('.', '/')).toString())
                        .as(path)
                        .isEqualToIgnoringWhitespace(text));
    }

    @Test
    void leavesNoValueOut() throws IOException {
        List<String> leaves = new ArrayList<>();
        collect("", values(), leaves);
        Map<String, String> rows = rows();

        assertThat(leaves)
                .hasSizeGreaterThan(80)
                .allSatisfy(leaf -> assertThat(rows.keySet())
                        .as(leaf)
                        .anyMatch(path -> leaf.equals(path) || leaf.startsWith(path + ".")));
    }

    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        for (MatchResult row : ROW.matcher(Files.readString(Chart.FOLDER.resolve("README.md")))
                .results()
                .toList()) {
            assertThat(rows.put(row.group(1), row.group(2))).as(row.group(1)).isNull();
        }
        return rows;
    }

    private static JsonNode values() throws IOException {
        return new YAMLMapper().readTree(Chart.FOLDER.resolve("values.yaml").toFile());
    }

    private static void collect(String path, JsonNode node, List<String> leaves) {
        if (!node.isObject() || node.isEmpty()) {
            leaves.add(path);
            return;
        }
        node.properties()
                .forEach(entry -> collect(
                        path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), leaves));
    }
}
