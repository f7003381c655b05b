package io.evenkeel.client.internal.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkPausesTest {

    private final WorkPauses pauses = new WorkPauses(() -> 0.5);

    @Test
    void usesThePauseThatTheCoordinatorRequests() {
        assertThat(pauses.after(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
        assertThat(pauses.after(null)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void backsOffForMinutesAtMostInASmallFleet() {
        pauses.after(Duration.ofSeconds(2));
        assertThat(pauses.afterFailure()).isEqualTo(Duration.ofSeconds(2));
        assertThat(pauses.afterFailure()).isEqualTo(Duration.ofSeconds(4));
        for (int i = 0; i < 20; i++) {
            pauses.afterFailure();
        }
        assertThat(pauses.afterFailure()).isEqualTo(Duration.ofMinutes(5));
        pauses.after(Duration.ofSeconds(2));
        assertThat(pauses.afterFailure()).as("after a success").isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void keepsThePaceOfALargeFleetDuringAnOutage() {
        pauses.after(Duration.ofHours(9));
        for (int i = 1; i <= 4; i++) {
            pauses.after(Duration.ofMinutes(20L * i));
        }
        assertThat(pauses.afterFailure()).as("the longest of the last four").isEqualTo(Duration.ofMinutes(80));
        assertThat(new WorkPauses(() -> 0).afterFailure()).isEqualTo(Duration.ofSeconds(1));
    }
}
