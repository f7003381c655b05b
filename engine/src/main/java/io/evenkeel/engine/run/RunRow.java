package io.evenkeel.engine.run;

import io.evenkeel.engine.definition.StopReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table {@code run}, without the definition, which may be long, and without fields that only
 * operators change.
 *
 * @param id its key
 * @param name the run's name
 * @param state the run's state
 * @param closing whether the open round's messages are frozen
 * @param round the open round
 * @param openedAt the time when the open round was opened; null before the start
 * @param deadline the end of the open round's time, null if there is none
 * @param accepted number of messages in the open round
 * @param extended the number of times that the open round was extended
 * @param openRevision the revision of the definition that the open round follows
 * @param stopReason the reason why the run ended or paused automatically, null if it did not
 */
public record RunRow(
        long id,
        String name,
        RunState state,
        boolean closing,
        int round,
        @Nullable Instant openedAt,
        @Nullable Instant deadline,
        int accepted,
        int extended,
        int openRevision,
        @Nullable StopReason stopReason) {

    /** Returns whether the run makes no progress, although it is running. */
    public boolean isStalled(Instant now) {
        return StalledRound.isOf(state, closing, deadline, extended, now);
    }

    /** Returns the open round, -1 before the start. */
    public int openRound() {
        return state == RunState.CREATED ? -1 : round;
    }
}
