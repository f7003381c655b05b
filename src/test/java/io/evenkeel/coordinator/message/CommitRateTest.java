package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitRateTest {

    private final CommitRate speed = new CommitRate(256);

    @Test
    void waitsForNothingBeforeTheFirstMeasurement() {
        assertThat(speed.waitBehind(4096)).isEqualTo(Duration.ZERO);
    }

    @Test
    void aSlowFirstMessageHardlyChangesTheEstimate() {
        speed.note(Duration.ofMillis(500).toNanos());

        assertThat(speed.waitBehind(0)).isEqualTo(Duration.ZERO);
        assertThat(speed.waitBehind(256)).isEqualTo(Duration.ofMillis(500));
        assertThat(speed.waitBehind(257)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void adaptsToASlowerDatabaseWithinTwentyBatches() {
        for (int i = 0; i < 100; i++) {
            speed.note(Duration.ofMillis(10).toNanos());
        }
        for (int i = 0; i < 20; i++) {
            speed.note(Duration.ofSeconds(1).toNanos());
        }

        assertThat(speed.waitBehind(4096)).isBetween(Duration.ofSeconds(13), Duration.ofSeconds(16));
    }
}
