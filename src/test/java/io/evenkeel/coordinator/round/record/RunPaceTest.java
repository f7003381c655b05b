package io.evenkeel.coordinator.round.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunPaceTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    /** The pace of twenty rounds of a minute each. */
    private static final RunPace PACE = new RunPace(START, 20, START.plusSeconds(1200));

    @Test
    void expectsTheEndAtThePaceOfTheLastRounds() {
        Instant now = START.plusSeconds(1230);

        assertThat(PACE.round(now)).isEqualTo(Duration.ofMinutes(1));
        assertThat(PACE.end(now, 10)).isEqualTo(START.plusSeconds(1200 + 600));
    }

    @Test
    void slowsDownWhileTheOpenRoundTakesLonger() {
        Instant now = START.plusSeconds(4200);

        assertThat(PACE.round(now)).isEqualTo(Duration.ofSeconds(200));
        assertThat(PACE.end(now, 1)).as("not in the past").isEqualTo(now);
    }

    @Test
    void theOpenRoundIsOneOfThoseThatRemainEvenIfTheRunWasShortened() {
        assertThat(PACE.end(START.plusSeconds(1230), 0)).isEqualTo(START.plusSeconds(1260));
    }

    @Test
    void expectsNoEndThatIsAHundredYearsAway() {
        RunPace decade = new RunPace(START, 1, START.plus(Duration.ofDays(4000)));

        assertThat(decade.end(START.plus(Duration.ofDays(4000)), 1_000_000)).isNull();
        assertThat(PACE.end(START.plusSeconds(1230), Integer.MAX_VALUE)).isNull();
        assertThat(new RunPace(START, 1, START.minusSeconds(5)).end(START.minusSeconds(5), 3))
                .as("a clock that was set back")
                .isNull();
    }
}
