package io.evenkeel.coordinator.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.engine.definition.DefinitionField;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DefinitionReaderTest {

    private static final String KNOWN =
            DefinitionField.all().stream().map(DefinitionField::text).sorted().collect(Collectors.joining(", "));

    /** A mapper with the settings of application.yml. */
    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private final DefinitionReader reader = new DefinitionReader(json);

    private ProblemException refusal(String text) {
        return catchThrowableOfType(ProblemException.class, () -> reader.read(text.getBytes(StandardCharsets.UTF_8)));
    }

    @SuppressWarnings("unchecked")
    private static List<FieldErrors.FieldError> errors(ProblemException refusal) {
        return (List<FieldErrors.FieldError>) refusal.members().getOrDefault("errors", List.of());
    }

    private static FieldErrors.FieldError error(
            String field, String message, @Nullable Integer line, @Nullable Integer column) {
        return new FieldErrors.FieldError(field, message, line, column);
    }

    @Test
    void allUnknownFieldsAndWrongValuesAreNamedAtOnceEachWithItsPlace() {
        ProblemException refusal = refusal("""
                {
                  "name": "digits",
                  "algoritm": "ef21",
                  "samping": 0.5,
                  "participants": {"mn": 3},
                  "dimension": "many",
                  "rounds": -1,
                  "seed": 99999999999999999999,
                  "tags": ["a", {}],
                  "colour": {"red": 1}
                }""");

        assertThat(refusal.problem()).isEqualTo(ProblemKind.INVALID);
        assertThat(errors(refusal))
                .containsExactly(
                        error("algoritm", "is not a known field; did you mean 'algorithm'?", 3, 3),
                        error("samping", "is not a known field; did you mean 'sampling'?", 4, 3),
                        error("participants.mn", "is not a known field; did you mean 'min'?", 5, 20),
                        error("dimension", "is not an integer of at most 2147483647", 6, 3),
                        error("rounds", "is -1, expected an integer from 1 to 1000000", 7, 3),
                        error("seed", "is not a 64-bit integer", 8, 3),
                        error("tags[1]", "is not text", 9, 17),
                        error("colour", "is not a known field; the fields here are: " + KNOWN, 10, 3));
        assertThat(refusal.members()).containsEntry("line", 3).containsEntry("column", 3);
        assertThat(refusal.detail())
                .startsWith("algoritm: is not a known field; did you mean 'algorithm'? (line 3, column 3); ");
    }

    @Test
    void aWrongCompressorIsNamedTogetherWithOtherErrors() {
        ProblemException refusal = refusal("""
                {"name": "digits", "rounds": 3,
                 "downlink": {"compressor": "top-q:1"},
                 "compressor": "top-q:1", "algorithm": "ef99",
                 "dimension": "many"}""");

        assertThat(errors(refusal))
                .extracting(FieldErrors.FieldError::field)
                .containsExactly("downlink.compressor", "compressor", "algorithm", "dimension");
    }

    @Test
    void aPatchNamesAllUnknownFieldsToo() {
        ObjectNode merged = (ObjectNode)
                json.readTree(
                        "{\"name\": \"digits\", \"dimension\": 3, \"algorithm\": \"ef21\", \"rounds\": 5, \"gamma\": \"constant:0.1\", \"tme\": {}, \"prority\": 1}");

        ProblemException refusal = catchThrowableOfType(ProblemException.class, () -> reader.read(merged));

        assertThat(errors(refusal)).extracting(FieldErrors.FieldError::field).containsExactly("tme", "prority");
    }

    @Test
    void oneRefusalNamesAtMostTwentyErrorsOfTheJson() {
        StringBuilder text = new StringBuilder("{\"name\": \"digits\"");
        for (int i = 0; i < 100; i++) {
            text.append(", \"x").append(i).append("\": ").append(i);
        }

        assertThat(errors(refusal(text.append('}').toString()))).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "3", "null", " ", "{\"name\": ", "{} {}"})
    void anythingButAnObjectIsMalformed(String text) {
        assertThat(refusal(text).problem()).isEqualTo(ProblemKind.MALFORMED);
    }

    @Test
    void aDefinitionWithoutSuchErrorsIsReadUnchanged() {
        RunDefinition read = reader.read("{\"name\": \"digits\", \"rounds\": -1}".getBytes(StandardCharsets.UTF_8));

        assertThat(read.rounds()).isEqualTo(-1);
    }

    @Test
    void anErrorWithinAListIsNotFollowedByOneOfTheList() {
        ProblemException refusal = refusal("""
                {
                  "name": "digits",
                  "tensors": [{"name": "w", "shape": [2]}, {"name": "b", "shape": "many"}],
                  "rounds": 3,
                  "algorithm": "ef21-norm",
                  "stop": {"targets": [{}]}
                }""");

        assertThat(errors(refusal))
                .extracting(FieldErrors.FieldError::field)
                .containsExactly("tensors[1].shape", "stop.targets[0]");
    }

    @Test
    void anErrorSuppressesOnlyErrorsOfTheFieldsAndListsThatContainIt() {
        FieldErrors errors = new FieldErrors();
        errors.add("stop.targets[0].metric", "is missing");
        for (String field : List.of("stop.targets[0]", "stop.targets", "stop", "stop.targets[1]", "sto")) {
            errors.require(false, field, () -> "is wrong");
        }

        assertThat(errors(errors.toProblem()))
                .extracting(FieldErrors.FieldError::field)
                .containsExactly("stop.targets[0].metric", "stop.targets[1]", "sto");
    }
}
