package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of values in the chart's README is made from values.yaml and its comments. */
class ReadmeTest {

    private static final String HEAD = "| Value | Default | Meaning |\n| --- | --- | --- |\n";
    private static final Pattern LINE = Pattern.compile("( *)(?:# (.*)|([A-Za-z0-9]+):(.*))");

    @Test
    void hasARowForEveryValue() throws IOException {
        Path readme = Chart.FOLDER.resolve("README.md");
        String page = Files.readString(readme);
        int begin = page.indexOf(HEAD) + HEAD.length();
        int end = page.indexOf("\n\n", begin);
        String expected = page.substring(0, begin) + String.join("\n", rows()) + (end < 0 ? "\n" : page.substring(end));
        Path corrected = Files.createDirectories(Path.of("target")).resolve("README.md");
        Files.writeString(corrected, expected);

        assertThat(page)
                .as("%s; as it should be it is in %s: copy it", readme, corrected.toAbsolutePath())
                .isEqualTo(expected);
    }

    /** Returns a row for each value that has a comment: what is below one without a comment of its own belongs to the one above. */
    private static List<String> rows() throws IOException {
        Path file = Chart.FOLDER.resolve("values.yaml");
        JsonNode values = new YAMLMapper().readTree(file.toFile());
        List<String> rows = new ArrayList<>();
        List<String> comment = new ArrayList<>();
        Deque<String> path = new ArrayDeque<>();
        // The head of the file is about the file.
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(lines.indexOf("") + 1, lines.size())) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                comment.clear();
                continue;
            }
            if (parts.group(2) != null) {
                comment.add(parts.group(2));
                continue;
            }
            while (path.size() > parts.group(1).length() / 2) {
                path.removeLast();
            }
            path.addLast(parts.group(3));
            JsonNode value = values.at("/" + String.join("/", path));
            if (!comment.isEmpty()) {
                rows.add("| `" + String.join(".", path) + "` | `" + text(value) + "` | " + String.join(" ", comment)
                        + " |");
                comment.clear();
            }
        }
        assertThat(rows).hasSizeGreaterThan(80);
        return rows;
    }

    private static String text(JsonNode value) {
        return value.toString().replaceAll("([:,])(?=[\\[{\"0-9a-z])", "$1 ");
    }
}
