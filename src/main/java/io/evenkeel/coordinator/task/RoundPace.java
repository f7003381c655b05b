package io.evenkeel.coordinator.task;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long a run's rounds take, to guess when the next one opens. Thread-safe. */
final class RoundPace {

    /** Who has waited in vain for so long asks anew, however slow the rounds are. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private int round = -1;
    private @Nullable Instant opened;
    private Duration last = Duration.ZERO;

    /** Notes that a round is open; the first time it is heard of counts. */
    synchronized void note(int open, Instant now) {
        if (open > round) {
            last = opened == null
                    ? Duration.ZERO
                    : Duration.between(opened, now).dividedBy(open - round);
            round = open;
            opened = now;
        }
    }

    /** Returns the time until the next round, if the open one takes as long as the last; from zero to half a minute. */
    synchronized Duration untilNext(Instant now) {
        if (opened == null) {
            return Duration.ZERO;
        }
        Duration left = last.minus(Duration.between(opened, now));
        return left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST) > 0 ? LONGEST : left;
    }
}
