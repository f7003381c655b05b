package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProblemTableTest {

    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z-]+)` \\| (\\d{3}) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");

    @Test
    void theTableInTheDocumentationIsTheEnum() throws IOException {
        List<String> documented = Files.readAllLines(table()).stream()
                .map(ROW::matcher)
                .filter(row -> row.matches())
                .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                .toList();
        List<String> known = Arrays.stream(ProblemKind.values())
                .map(problem -> problem.slug() + " " + problem.status().value() + " " + problem.title())
                .toList();
        assertThat(documented).containsExactlyElementsOf(known);
    }

    /** Tests run in the module's folder, whose parent has the documentation. */
    private static Path table() {
        Path here = Path.of("docs/errors.md");
        return Files.exists(here) ? here : Path.of("..").resolve(here);
    }
}
