package io.evenkeel.coordinator.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DefinitionFieldTest {

    @Test
    void everyFieldOfADefinitionIsEitherChangeableOrFixedForAReason() {
        assertThat(Arrays.stream(DefinitionField.values()).map(DefinitionField::text))
                .containsExactlyElementsOf(Arrays.stream(RunDefinition.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
        assertThat(Arrays.stream(DefinitionField.values())
                        .filter(field -> field.fixedBecause().isEmpty())
                        .map(DefinitionField::text))
                .containsExactly(
                        "rounds",
                        "participants",
                        "time",
                        "sampling",
                        "stop",
                        "weights",
                        "priority",
                        "description",
                        "tags");
    }

    @Test
    void findsTheFieldOfAPath() {
        assertThat(DefinitionField.of("participants.min")).contains(DefinitionField.PARTICIPANTS);
        assertThat(DefinitionField.of("rounds")).contains(DefinitionField.ROUNDS);
        assertThat(DefinitionField.of("state")).isEmpty();
    }
}
