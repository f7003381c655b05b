package io.evenkeel.engine.run;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The open round of a running run that makes no progress, according to the run's row. {@link RunStall}
 * determines the reason.
 *
 * @param run the run's key
 * @param number the round
 * @param openedAt the time when it was opened; no round has closed since
 * @param accepted the number of messages that it has
 * @param extended the number of times that it was extended
 * @param message the run's message about its last extension, null if there was none
 */
public record StalledRound(
        long run,
        int number,
        Instant openedAt,
        int accepted,
        int extended,
        @Nullable String message) {

    /**
     * The number of extensions after which a round has stalled; a single one is normal if the members drawn first did
     * not answer.
     */
    public static final int EXTENSIONS = 2;

    /** The time after a deadline within which a coordinator acts on it, even during a failover. */
    private static final Duration LATE = Duration.ofMinutes(1);

    /**
     * Evaluates a run's row.
     *
     * @param closing whether its open round is frozen, so that a coordinator may be closing it
     * @param deadline the end of the open round's time, null if there is none
     * @param extended the number of times that the open round was extended
     * @return whether it has stalled; false if it is not running, or waits normally
     */
    public static boolean isOf(RunState state, boolean closing, @Nullable Instant deadline, int extended, Instant now) {
        if (state != RunState.RUNNING || closing) {
            return false;
        }
        return extended >= EXTENSIONS || (deadline != null && now.isAfter(deadline.plus(LATE)));
    }

    RunStall stall(RunStall.Reason reason, String why, String action) {
        return new RunStall(reason, openedAt, why + "; " + action);
    }

    /** Returns whether it has stalled only because its deadline has passed and no coordinator has acted on it. */
    boolean isLate() {
        return extended < EXTENSIONS;
    }
}
