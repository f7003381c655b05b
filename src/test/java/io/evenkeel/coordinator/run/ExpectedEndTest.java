package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ExpectedEndTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void continuesAtTheMeanTimeOfTheLastRounds() {
        // Rounds 80 to 99 took 10 s each.
        assertThat(ExpectedEnd.of(80, START, 100, START.plusSeconds(200), 150)).isEqualTo(START.plusSeconds(700));
    }

    @Test
    void theLastRoundTakesAsLongAsTheOthers() {
        assertThat(ExpectedEnd.of(0, START, 4, START.plusSeconds(40), 5)).isEqualTo(START.plusSeconds(50));
    }

    @Test
    void withoutAClosedRoundNoEndIsKnown() {
        assertThat(ExpectedEnd.of(0, START, 0, START, 50)).isNull();
    }

    @Test
    void anEndThatNobodyLivesToSeeIsNone() {
        assertThat(ExpectedEnd.of(0, START, 1, START.plusSeconds(86_400), 1_000_000_000))
                .isNull();
    }
}
