package io.evenkeel.engine.secagg;

import java.time.Duration;

/** The next action after the end of a step. */
public sealed interface AttemptEnd {

    /**
     * The attempt waits for the next step.
     *
     * @param phase the step
     * @param time the maximum wait
     */
    record Next(AttemptPhase phase, Duration time) implements AttemptEnd {}

    /** The attempt has failed before anything was revealed, and the next one asks all members for the same messages. */
    record Again(String why) implements AttemptEnd {}

    /** The round closes without messages. */
    record GiveUp(String why) implements AttemptEnd {}
}
