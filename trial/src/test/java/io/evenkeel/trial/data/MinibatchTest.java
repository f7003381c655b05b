package io.evenkeel.trial.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MinibatchTest {

    @Test
    void drawsWithoutReplacement() {
        Minibatch minibatch = new Minibatch(143, 32, 7);
        for (int round = 0; round < 100; round++) {
            int[] drawn = minibatch.draw(round).clone();
            assertThat(Arrays.stream(drawn).distinct().count()).isEqualTo(32);
            assertThat(Arrays.stream(drawn)).allMatch(i -> i >= 0 && i < 143);
        }
    }

    @Test
    void repeatsADrawRegardlessOfEarlierDraws() {
        Minibatch minibatch = new Minibatch(143, 32, 7);
        int[] drawn = minibatch.draw(5).clone();
        minibatch.draw(6);
        assertThat(minibatch.draw(5)).isEqualTo(drawn);
        assertThat(minibatch.draw(6)).isNotEqualTo(drawn);
        assertThat(new Minibatch(143, 32, 8).draw(5)).isNotEqualTo(drawn);
    }

    @Test
    void drawsEverySampleAboutEquallyOften() {
        Minibatch minibatch = new Minibatch(20, 5, 1);
        int[] counts = new int[20];
        for (int round = 0; round < 4000; round++) {
            Arrays.stream(minibatch.draw(round)).forEach(i -> counts[i]++);
        }
        // 1,000 are expected, with a standard deviation of 27.4; the tolerance is five deviations.
        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - 1000) < 137);
    }

    @Test
    void takesAllSamplesInOrderForSizeZeroOrTooLarge() {
        int[] all = {0, 1, 2, 3};
        assertThat(new Minibatch(4, 0, 1).draw(3)).isEqualTo(all);
        assertThat(new Minibatch(4, 9, 1).draw(3)).isEqualTo(all);
    }

    @Test
    void refusesAnEmptyPopulation() {
        assertThatThrownBy(() -> new Minibatch(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
