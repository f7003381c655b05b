package io.evenkeel.coordinator.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.engine.definition.FieldChange;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.RunDefinition.Participants;
import io.evenkeel.engine.definition.RunDefinition.TimeLimits;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DefinitionPatchTest {

    /** A mapper with the settings of application.yml. */
    private final JsonMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private final DefinitionPatch patches = new DefinitionPatch(json, new DefinitionReader(json));

    private DefinitionPatch.Result merged(String more, String patch) {
        String definition = "{\"name\": \"r\", \"dimension\": 6, \"algorithm\": \"ef21-norm\", \"rounds\": 4,"
                + " \"compressor\": \"top-k:2\"" + more + "}";
        return patches.merge(
                ValidatedPlan.of(json.readValue(definition, RunDefinition.class))
                        .definition(),
                (ObjectNode) json.readTree(patch));
    }

    private ProblemException refusal(String patch) {
        return catchThrowableOfType(ProblemException.class, () -> merged("", patch));
    }

    @Test
    void listsTheChangesInTheOrderOfTheDefinition() {
        assertThat(merged(
                                ", \"participants\": {\"min\": 2}",
                                "{\"sampling\": 0.5, \"participants\": {\"min\": 1, \"max\": 5}, \"rounds\": 9}")
                        .changes())
                .containsExactly(
                        new FieldChange("rounds", 4, 9),
                        new FieldChange("participants.min", 2, 1),
                        new FieldChange("participants.max", null, 5),
                        new FieldChange("sampling", 1.0, 0.5));
    }

    @Test
    void nullBringsBackADefault() {
        RunDefinition definition = merged(
                        ", \"participants\": {\"min\": 2, \"max\": 3}, \"time\": {\"max\": \"PT5M\"}",
                        "{\"participants\": {\"max\": null}, \"time\": null}")
                .definition();
        assertThat(definition.participants()).isEqualTo(new Participants(2, null));
        assertThat(definition.time()).isEqualTo(new TimeLimits(Duration.ZERO, Duration.ofMinutes(1)));
    }

    @Test
    void theSameValueInAnotherFormIsNotAChange() {
        assertThat(merged(
                                ", \"gamma\": \"horizon:1:0.5\"",
                                "{\"rounds\": 4, \"gamma\": \"horizon:1:0.5\", \"time\": {\"max\": \"PT60S\"}}")
                        .changes())
                .isEmpty();
    }

    @Test
    void namesEveryFieldThatCannotChangeAndWhy() {
        ProblemException refused = refusal(
                "{\"compressor\": \"top-k:3\", \"gamma\": \"constant:1\", \"seed\": 7, \"name\": \"other\", \"rounds\": 9}");
        assertThat(refused.problem()).isEqualTo(ProblemKind.FIXED_FIELD);
        assertThat(refused.members().get("field")).isEqualTo("name");
        assertThat(refused.members().get("errors"))
                .asInstanceOf(InstanceOfAssertFactories.list(FieldErrors.FieldError.class))
                .extracting(FieldErrors.FieldError::field)
                .isEqualTo(List.of("name", "compressor", "gamma", "seed"));
        assertThat(refused.detail())
                .contains(
                        "compressor: cannot change: devices compress according to the plan that they got when they joined");
        assertThat(refused.action()).contains("leave name, compressor, gamma, seed out", "new run");
        assertThat(refusal("{\"algorithm\": \"no such\"}").problem())
                .as("a wrong value of a field that cannot change")
                .isEqualTo(ProblemKind.FIXED_FIELD);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"participants": {"min": 5, "max": 3}} | participants.max
            {"sampling": 2}                        | sampling
            {"round": 3}                           | round
            {"time": {"maximum": "3s"}}            | time.maximum
            {"time": {"max": "soon"}}              | time.max
            {"rounds": "9"}                        | rounds
            {"participants": 3}                    | participants
            """)
    void refusesWrongValuesAndUnknownFields(String patch, String field) {
        ProblemException refused = refusal(patch);
        assertThat(refused.problem()).isEqualTo(ProblemKind.INVALID);
        assertThat(refused.members().get("field")).isEqualTo(field);
    }
}
