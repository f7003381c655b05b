package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NotesCheckTest {

    private final DraftDefinition draft = new DraftDefinition();

    @Test
    void keepsADescriptionOfSeveralLinesAndTags() {
        draft.description = "Reference for the report.\nSeed 1, 早い.";
        draft.tags = List.of("baseline", "team:vision");
        RunDefinition definition = draft.plan().definition();
        assertThat(definition.description()).isEqualTo(draft.description);
        assertThat(definition.tags()).containsExactly("baseline", "team:vision");
    }

    @Test
    void anEmptyListOfTagsCountsAsAbsent() {
        draft.tags = List.of();
        assertThat(draft.plan().definition().tags()).isNull();
    }

    @Test
    void refusesTextThatCannotBeShown() {
        draft.description = "a\u202eb";
        assertThat(draft.refusal("description")).hasMessageContaining("U+202E as character 2");
        draft.description = "x".repeat(1001);
        assertThat(draft.refusal("description")).hasMessageContaining("1001 characters, expected at most 1000");
        draft.description = " \n ";
        assertThat(draft.refusal("description")).hasMessageContaining("blank");
    }

    @Test
    void refusesWrongTags() {
        draft.tags = List.of("good", "one,other");
        assertThat(draft.refusal("tags[1]")).hasMessageContaining("without a comma");
        draft.tags = List.of("x".repeat(41));
        assertThat(draft.refusal("tags[0]")).hasMessageContaining("1 to 40 characters");
        draft.tags = List.of("");
        assertThat(draft.refusal("tags[0]")).hasMessageContaining("blank");
        draft.tags = Collections.singletonList(null);
        assertThat(draft.refusal("tags[0]")).hasMessageContaining("is null");
        draft.tags = List.of("twice", "twice");
        assertThat(draft.refusal("tags")).hasMessageContaining("lists a tag twice");
        draft.tags = IntStream.range(0, 21).mapToObj(i -> "tag" + i).toList();
        assertThat(draft.refusal("tags")).hasMessageContaining("21 tags, expected at most 20");
    }
}
