package io.evenkeel.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SamplingTest {

    @Test
    void drawsDistinctPositionsRepeatably() {
        int[] drawn = Sampling.positions(100, 30, 5, 7);

        assertThat(drawn).hasSize(30).doesNotHaveDuplicates();
        assertThat(Arrays.stream(drawn)).allMatch(position -> position >= 0 && position < 100);
        assertThat(Sampling.positions(100, 30, 5, 7)).isEqualTo(drawn);
        assertThat(Sampling.positions(100, 30, 5, 8)).isNotEqualTo(drawn);
        assertThat(Sampling.positions(100, 30, 6, 7)).isNotEqualTo(drawn);
    }

    @Test
    void drawsAllPositionsInOrder() {
        assertThat(Sampling.positions(4, 4, 1, 0)).containsExactly(0, 1, 2, 3);
        assertThat(Sampling.positions(4, 0, 1, 0)).isEmpty();
    }

    @Test
    void drawsEachPositionEquallyOften() {
        int[] drawn = new int[10];
        for (int round = 0; round < 10_000; round++) {
            for (int position : Sampling.positions(10, 3, 1, round)) {
                drawn[position]++;
            }
        }
        // Six standard deviations of a count that is binomial with n = 10,000 and p = 0.3.
        assertThat(Arrays.stream(drawn)).allSatisfy(count -> assertThat(count).isCloseTo(3000, within(275)));
    }
}
