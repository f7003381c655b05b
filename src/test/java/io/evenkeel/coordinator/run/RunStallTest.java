package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunStallTest {

    private static final Instant OPENED = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant DEADLINE = OPENED.plusSeconds(60);

    private static @Nullable String reason(RunState state, boolean closing, int extended, Duration open) {
        Optional<RunStall> stall = RunStall.of(state, closing, OPENED, DEADLINE, extended, OPENED.plus(open));
        stall.ifPresent(found -> assertThat(found.since()).isEqualTo(OPENED));
        return stall.map(found -> found.reason().text()).orElse(null);
    }

    @Test
    void aRoundThatWaitsOrWasExtendedOnceHasNotStalled() {
        assertThat(reason(RunState.RUNNING, false, 0, Duration.ofSeconds(59))).isNull();
        assertThat(reason(RunState.RUNNING, false, 1, Duration.ofSeconds(59))).isNull();
    }

    @Test
    void aRoundThatWasExtendedTwiceHasStalled() {
        assertThat(reason(RunState.RUNNING, false, 2, Duration.ofSeconds(59))).isEqualTo("too-few-messages");
        assertThat(reason(RunState.RUNNING, false, 13, Duration.ofSeconds(59))).isEqualTo("too-few-messages");
    }

    @Test
    void aDeadlineThatNobodyActsOnIsAStallAfterAMinute() {
        assertThat(reason(RunState.RUNNING, false, 0, Duration.ofMinutes(2))).isNull();
        assertThat(reason(RunState.RUNNING, false, 0, Duration.ofSeconds(121))).isEqualTo("not-moved-on");
    }

    @Test
    void onlyARunningRunStalls() {
        Duration day = Duration.ofDays(1);
        assertThat(reason(RunState.PAUSED, false, 5, day)).isNull();
        assertThat(reason(RunState.FINISHED, false, 5, day)).isNull();
        assertThat(reason(RunState.RUNNING, true, 5, day)).isNull();
        assertThat(RunStall.of(RunState.RUNNING, false, null, null, 0, OPENED)).isEmpty();
    }
}
