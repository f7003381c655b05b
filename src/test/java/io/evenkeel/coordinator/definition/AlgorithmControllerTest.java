package io.evenkeel.coordinator.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.definition.AlgorithmController.CatalogueView;
import io.evenkeel.coordinator.definition.AlgorithmController.MethodView;
import io.evenkeel.coordinator.definition.AlgorithmController.ParameterView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What the API says of methods is in a file, with which the Python package is compared, and in a table of the documents. */
class AlgorithmControllerTest {

    private static final Path REPOSITORY = Files.exists(Path.of("docs")) ? Path.of("") : Path.of("..");
    private static final String BEGIN =
            "<!-- From here on, AlgorithmControllerTest compares the page with the code. -->\n";

    private final CatalogueView catalogue = new AlgorithmController().getAlgorithms();

    @Test
    void theFileForOtherLanguagesIsWhatTheApiAnswers() throws IOException {
        String expected = JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(catalogue)
                        .replace(System.lineSeparator(), "\n")
                + "\n";
        compare("client-sdk/vectors/algorithms.json", expected);
    }

    @Test
    void thePageHasEveryMethod() throws IOException {
        String page = Files.readString(REPOSITORY.resolve("docs/methods.md"), StandardCharsets.UTF_8);
        String table = Stream.of(
                        catalogue.algorithms(),
                        catalogue.stepRules(),
                        catalogue.selections(),
                        catalogue.valueCodings(),
                        catalogue.privacyMechanisms())
                .flatMap(List::stream)
                .map(AlgorithmControllerTest::row)
                .collect(Collectors.joining(
                        "", "\n| name | parameters | needs | does not go with |\n|---|---|---|---|\n", ""));
        compare("docs/methods.md", page.substring(0, page.indexOf(BEGIN)) + BEGIN + table);
    }

    private static String row(MethodView method) {
        return "| `" + method.name() + "` | "
                + method.parameters().stream()
                        .map(AlgorithmControllerTest::parameter)
                        .collect(Collectors.joining(", "))
                + " | " + String.join(", ", method.needs()) + " | "
                + method.excludes().stream().map(field -> "`" + field + "`").collect(Collectors.joining(", ")) + " |\n";
    }

    private static String parameter(ParameterView parameter) {
        return parameter.name() + (parameter.usual() == null ? "" : " `" + parameter.usual() + "`");
    }

    private static void compare(String file, String expected) throws IOException {
        Path corrected = Files.createDirectories(REPOSITORY.resolve("target"))
                .resolve(Path.of(file).getFileName());
        Files.writeString(corrected, expected, StandardCharsets.UTF_8);
        assertThat(Files.readString(REPOSITORY.resolve(file), StandardCharsets.UTF_8))
                .as("%s; as it should be it is in %s: copy it", file, corrected.toAbsolutePath())
                .isEqualTo(expected);
    }
}
