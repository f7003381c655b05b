package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.definition.AlgorithmController.CatalogueView;
import io.evenkeel.coordinator.definition.AlgorithmController.MethodView;
import io.evenkeel.coordinator.definition.AlgorithmController.ParameterView;
import io.evenkeel.coordinator.testing.GeneratedFile;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares the API's description of methods with algorithms.json, against which the Python package is tested, and with
 * a table in the documentation.
 */
class AlgorithmControllerTest {

    private final CatalogueView catalogue = new AlgorithmController().getAlgorithms();

    @Test
    void theFileForOtherLanguagesMatchesTheApi() throws IOException {
        String expected = JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(catalogue)
                        .replace(System.lineSeparator(), "\n")
                + "\n";
        GeneratedFile.compare("client-sdk/vectors/algorithms.json", expected);
    }

    @Test
    void thePageHasEveryMethod() throws IOException {
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
        GeneratedFile.compareTables("docs/methods.md", AlgorithmControllerTest.class, table);
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
}
