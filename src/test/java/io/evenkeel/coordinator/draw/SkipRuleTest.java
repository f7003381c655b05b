package io.evenkeel.coordinator.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SkipRuleTest {

    private final SkipRule rule = new SkipRule(3);

    @Test
    void skipsToTheFirstRoundWithEnoughMembers() {
        assertThat(rule.next(0, List.of(9, 7, 7, 8))).contains(8);
        assertThat(rule.next(1, List.of(9, 7, 7, 8))).contains(7);
        assertThat(rule.next(2, List.of(9))).contains(9);
    }

    @Test
    void skipsNothingIfTheOthersAreEnough() {
        assertThat(rule.next(3, List.of(9, 9, 9, 9))).isEmpty();
    }

    @Test
    void skipsNothingIfNoRoundHasEnough() {
        assertThat(rule.next(1, List.of(9))).isEmpty();
        assertThat(rule.next(0, List.of())).isEmpty();
    }
}
