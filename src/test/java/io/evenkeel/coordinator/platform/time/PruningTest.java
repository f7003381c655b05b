package io.evenkeel.coordinator.platform.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PruningTest {

    private final TurnedClock clock = new TurnedClock();
    private final FailureLog failures = new FailureLog(clock, new SimpleMeterRegistry());
    private final List<Instant> ages = new ArrayList<>();

    private PrunedRows rows(int steps, boolean fail) {
        return new PrunedRows() {
            private int left = steps;

            @Override
            public String name() {
                return "rows";
            }

            @Override
            public boolean prune(Instant now) {
                if (fail) {
                    throw new IllegalStateException("the database is unreachable");
                }
                ages.add(now);
                return --left > 0;
            }
        };
    }

    /** Also checks that a jump of the clock does not affect the time from which ages are computed. */
    @Test
    void takesAllStepsOfEachKindEvenIfAnotherFails() {
        TrustedTime time = new TrustedTime(clock, clock, TurnedClock.START);
        clock.jump(Duration.ofDays(405));
        Pruning pruning = new Pruning(List.of(rows(1, true), rows(3, false), rows(2, false)), time, failures);
        pruning.start();
        pruning.work();
        pruning.stop();

        assertThat(ages).hasSize(5).containsOnly(TurnedClock.START);
    }
}
