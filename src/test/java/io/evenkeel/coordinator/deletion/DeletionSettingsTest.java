package io.evenkeel.coordinator.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeletionSettingsTest {

    private static final Duration NEVER = Duration.ZERO;

    @Test
    void keepEverythingUnlessOneIsSet() {
        assertThat(new DeletionSettings(NEVER, NEVER, NEVER, NEVER).isOff()).isTrue();
        assertThat(new DeletionSettings(NEVER, NEVER, NEVER, Duration.ofDays(1)).isOff())
                .isFalse();
    }

    @Test
    void refuseANumberWithoutAUnit() {
        assertThatThrownBy(() -> new DeletionSettings(Duration.ofMillis(90), NEVER, NEVER, NEVER))
                .hasMessageContaining("evenkeel.retention.delete-after.runs is PT0.09S")
                .hasMessageContaining("such as 90d");
    }
}
