package io.evenkeel.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeliveryQueueTest {

    @Test
    void waitsLongerAfterEachFailure() {
        assertThat(DeliveryQueue.pause(1, 0.5)).isEqualTo(Duration.ofSeconds(5));
        assertThat(DeliveryQueue.pause(3, 0.5)).isEqualTo(Duration.ofSeconds(80));
        assertThat(DeliveryQueue.pause(1, 0)).isEqualTo(Duration.ofMillis(3750));
        assertThat(DeliveryQueue.pause(30, 0.999)).isLessThan(Duration.ofHours(8));
    }
}
