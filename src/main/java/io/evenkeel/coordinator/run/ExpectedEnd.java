package io.evenkeel.coordinator.run;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Estimates when a run ends, from the time that its last rounds took. */
public final class ExpectedEnd {

    /** The number of rounds whose mean time is taken. */
    public static final int ROUNDS = 20;

    private ExpectedEnd() {}

    /**
     * Returns when the last round closes if all rounds take as long as the last ones did.
     *
     * @param earlier a round that was closed, at most {@link #ROUNDS} before the open one
     * @param earlierOpened when that was opened
     * @param open the open round
     * @param opened when that was opened
     * @param rounds R
     * @return null if no round was closed
     */
    public static @Nullable Instant of(int earlier, Instant earlierOpened, int open, Instant opened, int rounds) {
        if (open <= earlier || !opened.isAfter(earlierOpened)) {
            return null;
        }
        Duration taken = Duration.between(earlierOpened, opened);
        double left = (double) Math.max(1, rounds - open) / (open - earlier);
        double seconds = left * taken.toMillis() / 1000;
        // A time that a person may wait for; a later one is not an estimate.
        return seconds > Duration.ofDays(36_500).toSeconds() ? null : opened.plusSeconds((long) Math.ceil(seconds));
    }
}
