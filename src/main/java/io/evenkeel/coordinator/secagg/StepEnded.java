package io.evenkeel.coordinator.secagg;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells that a step of an attempt is over.
 *
 * @param run the run's name
 * @param step the step
 * @param took from its begin to its end
 * @param dropouts members of the cohort that did not take it, 0 for the first step, before which there is no cohort
 * @param attempt how the attempt ended, if it did: {@code DONE} or {@code FAILED}
 * @param members how many vectors are in the sum of an attempt that is done
 */
public record StepEnded(
        String run,
        AttemptPhase step,
        Duration took,
        int dropouts,
        @Nullable AttemptPhase attempt,
        int members) {

    static StepEnded of(String run, Attempt attempt, Instant now, @Nullable AttemptPhase outcome) {
        int dropouts = switch (attempt.phase()) {
            case SHARES -> attempt.advertised() - attempt.sharing();
            case MASKED -> attempt.sharing() - attempt.masked();
            // Enough reveals end the step before the others had their time.
            case REVEAL -> outcome == AttemptPhase.FAILED ? attempt.masked() - attempt.revealed() : 0;
            case KEYS, DONE, FAILED -> 0;
        };
        return new StepEnded(
                run,
                attempt.phase(),
                Duration.between(attempt.since(), now),
                Math.max(0, dropouts),
                outcome,
                outcome == AttemptPhase.DONE ? attempt.masked() : 0);
    }
}
