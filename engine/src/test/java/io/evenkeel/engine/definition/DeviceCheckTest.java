package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class DeviceCheckTest {

    private static String refusal(String devices) {
        RunDefinition definition = JsonMapper.shared()
                .readValue(
                        "{\"name\": \"r\", \"dimension\": 6, \"algorithm\": \"ef21-norm\", \"rounds\": 2, \"devices\": "
                                + devices + "}",
                        RunDefinition.class);
        ProblemException refused = catchThrowableOfType(ProblemException.class, () -> ValidatedPlan.of(definition));
        assertThat(refused.problem()).isEqualTo(ProblemKind.INVALID);
        return refused.detail();
    }

    @Test
    void refusesInvalidParts() {
        assertThat(refusal("{\"part\": {\"from\": 0.5, \"to\": 0.5}}"))
                .isEqualTo("devices.part.seed: has 0 characters, expected 1 to 100; devices.part.to: is 0.5, expected"
                        + " more than devices.part.from, which is 0.5, and at most 1");
    }

    @Test
    void refusesInvalidSelectorsWithThePosition() {
        assertThat(refusal("{\"join\": \"region in eu\", \"sample\": \"a>b\", \"stratifyBy\": \"-x\"}"))
                .contains(
                        "devices.join: character 11 of the selector",
                        "devices.sample: character 3",
                        "devices.stratifyBy");
    }

    @Test
    void refusesTurnsOfAnArmThatDoesNotExist() {
        assertThat(refusal("{\"crossover\": {\"seed\": \"s\", \"arm\": 2, \"arms\": 2, \"block\": 0}}"))
                .contains("devices.crossover.arm: is 2", "devices.crossover.block: is 0");
    }
}
