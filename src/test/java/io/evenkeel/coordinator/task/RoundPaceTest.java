package io.evenkeel.coordinator.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RoundPaceTest {

    private static final Instant START = Instant.EPOCH;

    private final RoundPace pace = new RoundPace();

    @Test
    void expectsTheDurationOfTheLastRound() {
        pace.note(0, START);
        assertThat(pace.untilNext(START)).isZero();
        pace.note(1, START.plusSeconds(12));
        pace.note(1, START.plusSeconds(15));
        assertThat(pace.untilNext(START.plusSeconds(16))).isEqualTo(Duration.ofSeconds(8));
        assertThat(pace.untilNext(START.plusSeconds(40))).isZero();
    }

    @Test
    void averagesOverMissedRounds() {
        pace.note(3, START);
        pace.note(7, START.plusSeconds(40));
        assertThat(pace.untilNext(START.plusSeconds(40))).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void limitsPausesToHalfAMinute() {
        pace.note(0, START);
        pace.note(1, START.plus(Duration.ofHours(1)));
        assertThat(pace.untilNext(START.plus(Duration.ofHours(1)))).isEqualTo(Duration.ofSeconds(30));
    }
}
