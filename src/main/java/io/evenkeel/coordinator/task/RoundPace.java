package io.evenkeel.coordinator.task;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Measures how long a run's rounds take, to estimate when the next one opens. Thread-safe. */
final class RoundPace {

    /** The maximum pause before a device polls again. */
    private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

    private int round = -1;
    private @Nullable Instant opened;
    private Duration last = Duration.ZERO;

    /** Records that a round is open; later calls for the same round have no effect. */
    synchronized void note(int open, Instant now) {
        if (open > round) {
            last = opened == null
                    ? Duration.ZERO
                    : Duration.between(opened, now).dividedBy(open - round);
            round = open;
            opened = now;
        }
    }

    /**
     * Returns the estimated time until the next round, from zero to half a minute. Assumes that the open round takes as
     * long as the previous one.
     */
    synchronized Duration untilNext(Instant now) {
        if (opened == null) {
            return Duration.ZERO;
        }
        Duration left = last.minus(Duration.between(opened, now));
        return left.isNegative() ? Duration.ZERO : left.compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : left;
    }
}
