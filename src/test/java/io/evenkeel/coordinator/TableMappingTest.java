package io.evenkeel.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.MigrationFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableMappingTest {

    private static final Path CODE = Path.of("main/java/io/evenkeel/coordinator");
    private static final Pattern TABLE = Pattern.compile("(?m)^CREATE TABLE (\\w+)");
    private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*(//|/?\\*).*$");

    /**
     * Matches the text before a table's name in SQL, in an entity's annotation, and in the declaration of an export.
     */
    private static final Pattern USE =
            Pattern.compile("(?:(?:FROM|JOIN|INTO|UPDATE) |@Table\\(name = \"|ExportedTable\\.of\\(\\s*\")(\\w+)");

    @Test
    void statementsOnATableAreInOnePackage() throws IOException {
        Map<String, TreeSet<String>> packages = new TreeMap<>();
        tables().forEach(table -> packages.put(table, new TreeSet<>()));
        for (Path file : files()) {
            String code = Files.readString(file, StandardCharsets.UTF_8).replaceAll("\"\\s*\\+ \"", "");
            Matcher use = USE.matcher(COMMENT.matcher(code).replaceAll(""));
            while (use.find()) {
                TreeSet<String> users = packages.get(use.group(1));
                if (users != null) {
                    users.add(Objects.requireNonNull(file.getParent()).toString());
                }
            }
        }

        assertThat(packages)
                .hasSizeGreaterThan(10)
                .allSatisfy((table, used) -> assertThat(used)
                        .as("packages with statements on " + table)
                        .hasSize(table.equals("run") ? 2 : 1))
                .hasEntrySatisfying(
                        "run",
                        used -> assertThat(used)
                                .as("members are joined with their run")
                                .map(users -> users.substring(users.lastIndexOf('/') + 1))
                                .containsExactly("member", "run"));
    }

    private static List<String> tables() throws IOException {
        Matcher matcher = TABLE.matcher(MigrationFiles.text());
        return matcher.results().map(result -> result.group(1)).toList();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(CODE)) {
            return all.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
