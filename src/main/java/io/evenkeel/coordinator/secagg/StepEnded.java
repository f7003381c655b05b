package io.evenkeel.coordinator.secagg;

import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Published when a step of an attempt is over.
 *
 * @param run the run's name
 * @param step the step
 * @param took the time from its start to its end
 * @param dropouts members of the cohort that did not take it, 0 for the first step, when there is no cohort yet
 * @param attempt how the attempt ended, if it did: {@code DONE} or {@code FAILED}
 * @param members the number of vectors that are in the sum of an attempt that is done
 */
public record StepEnded(
        String run,
        AttemptPhase step,
        Duration took,
        int dropouts,
        @Nullable AttemptPhase attempt,
        int members) {

    static StepEnded of(String run, Attempt attempt, Instant now, @Nullable AttemptPhase outcome) {
        // Enough reveals end the last step before the other members' time is up.
        boolean isCutShort = attempt.phase() == AttemptPhase.REVEAL && outcome != AttemptPhase.FAILED;
        return new StepEnded(
                run,
                attempt.phase(),
                Duration.between(attempt.since(), now),
                isCutShort ? 0 : Math.max(0, attempt.missing()),
                outcome,
                outcome == AttemptPhase.DONE ? attempt.masked() : 0);
    }
}
