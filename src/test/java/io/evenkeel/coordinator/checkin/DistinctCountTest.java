package io.evenkeel.coordinator.checkin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistinctCountTest {

    @Test
    void estimatesHowManyDifferentDevicesThereWere() {
        DistinctCount count = new DistinctCount();
        for (int i = 0; i < 1_000_000; i++) {
            count.add(Long.toString(i * 7919L, 32));
            count.add(Long.toString(i / 2 * 7919L, 32));
            if (i == 4) {
                assertThat(count.estimate()).isCloseTo(5, within(0.1));
            }
        }
        assertThat(count.estimate()).isCloseTo(1_000_000, within(10_000.0));
    }
}
