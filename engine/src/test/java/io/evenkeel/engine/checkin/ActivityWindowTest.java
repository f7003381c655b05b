package io.evenkeel.engine.checkin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ActivityWindowTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration LENGTH = Duration.ofHours(1);

    private final ActivityWindow window = new ActivityWindow(START);

    private Instant since(int minute, boolean anybody) {
        return window.since(START.plus(Duration.ofMinutes(minute)), anybody, LENGTH);
    }

    @Test
    void coversADayUntilAllDevicesHadTimeToCheckInSinceStartup() {
        assertThat(since(0, true)).isEqualTo(START.minus(Duration.ofDays(1)));
        assertThat(since(59, true)).isEqualTo(START.minus(Duration.ofDays(1)));
        assertThat(since(60, true)).isEqualTo(START);
        assertThat(since(100, true)).isEqualTo(START.plus(Duration.ofMinutes(40)));
    }

    @Test
    void staysDuringAnOutageAndForItsLengthAfterwards() {
        since(100, true);
        assertThat(since(104, false)).as("a gap").isEqualTo(START.plus(Duration.ofMinutes(44)));
        for (int minute = 105; minute < 300; minute++) {
            assertThat(since(minute, false)).isEqualTo(START.plus(Duration.ofMinutes(40)));
        }
        assertThat(since(300, true)).isEqualTo(START.plus(Duration.ofMinutes(40)));
        assertThat(since(358, true)).isEqualTo(START.plus(Duration.ofMinutes(40)));
        assertThat(since(359, true)).isEqualTo(START.plus(Duration.ofMinutes(299)));
    }
}
