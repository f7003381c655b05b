package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.coordinator.testing.GeneratedFile;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Generates the descriptions of problem types in other files: the table in docs/errors.md, and the errors of the Python
 * package.
 */
class ProblemPageTest {

    @Test
    void theTableInTheDocumentationIsTheEnum() throws IOException {
        StringBuilder table =
                new StringBuilder("\n| type | status | title | when, and what to do |\n|---|---|---|---|\n");
        for (ProblemKind problem : ProblemKind.values()) {
            table.append("| `%s` | %d | %s | %s |\n"
                    .formatted(problem.slug(), problem.status(), problem.title(), GeneratedFile.meaning(problem)));
        }
        GeneratedFile.compareTables("docs/errors.md", ProblemPageTest.class, table.toString());
    }

    @Test
    void thePythonPackageHasAnErrorForEachType() throws IOException {
        GeneratedFile.compare(
                "client-sdk/python/src/evenkeel/errors/_problems.py",
                """
                \"""One error for each problem type of the coordinator. ProblemPageTest makes this file from ProblemKind.java.\"""

                from ._coordinator import CoordinatorError

                __all__ = [
                %s]

                %s\
                """.formatted(
                                each(problem -> "    \"" + error(problem) + "\",\n"),
                                each(problem ->
                                        "\nclass %s(CoordinatorError):\n    \"\"\"%s.\"\"\"\n\n    slug = \"%s\"\n\n"
                                                .formatted(error(problem), problem.title(), problem.slug()))).stripTrailing()
                        + "\n");
    }

    private static String each(Function<ProblemKind, String> text) {
        return Arrays.stream(ProblemKind.values()).map(text).collect(Collectors.joining());
    }

    private static String error(ProblemKind problem) {
        return Arrays.stream(problem.slug().split("-"))
                        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining())
                + "Error";
    }
}
