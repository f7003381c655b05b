package io.evenkeel.engine.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.engine.problem.ProblemException;
import org.junit.jupiter.api.Test;

class ModelNameTest {

    private static final String OURS = "0123456789abcdef";
    private static final String OTHER = "fedcba9876543210";

    @Test
    void aModelOfTheSameRoundAndHistoryIsNotLost() {
        assertThat(ModelName.of(4, OURS).isLost(4, OURS)).isFalse();
        assertThat(ModelName.of(4, OURS).isLost(9, OURS)).isFalse();
    }

    @Test
    void aLaterRoundIsLostRegardlessOfItsHistory() {
        assertThat(ModelName.of(5, OURS).isLost(4, null)).isTrue();
        assertThat(ModelName.of(5, null).isLost(4, null)).isTrue();
        assertThat(ModelName.of(0, null).isLost(-1, null))
                .as("the run has not started")
                .isTrue();
    }

    @Test
    void anotherHistoryOfTheRoundIsLost() {
        assertThat(ModelName.of(4, OTHER).isLost(4, OURS)).isTrue();
        assertThat(ModelName.of(3, OTHER).isLost(4, OURS)).isTrue();
        assertThat(ModelName.of(3, OTHER).isLost(4, null))
                .as("our chain begins later")
                .isTrue();
    }

    @Test
    void withoutAHistoryNoModelCountsAsLost() {
        assertThat(ModelName.of(4, null).isLost(4, OURS)).isFalse();
        assertThat(ModelName.of(-1, null).isLost(4, null)).isFalse();
        assertThat(ModelName.of(-1, null).isLost(-1, null)).isFalse();
    }

    @Test
    void refusesATextThatIsNotAHistory() {
        for (String text : new String[] {"", "0123456789ABCDEF", OURS + "0", "x123456789abcdef"}) {
            assertThatThrownBy(() -> ModelName.of(1, text))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("'history' is '" + text + "', expected 16 hex digits");
        }
    }
}
