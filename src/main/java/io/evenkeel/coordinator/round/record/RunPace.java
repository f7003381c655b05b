package io.evenkeel.coordinator.round.record;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Estimates a run's pace from its last rounds. Performs no I/O.
 *
 * @param from when the first of these rounds was opened
 * @param rounds how many of them have closed, at least 1
 * @param opened when the open round, which follows them, was opened
 */
public record RunPace(Instant from, int rounds, Instant opened) {

    /** The number of rounds over which the pace is measured. */
    static final int WINDOW = 20;

    /** The longest meaningful estimate: a later end is not reported. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** Returns the duration of a round: the mean, or the current duration of the open round if that is longer. */
    public Duration round(Instant now) {
        Duration mean = Duration.between(from, opened).dividedBy(rounds);
        Duration withOpen = Duration.between(from, now).dividedBy(rounds + 1L);
        return mean.compareTo(withOpen) > 0 ? mean : withOpen;
    }

    /**
     * Returns when the remaining rounds will be over at this pace.
     *
     * @param remaining the number of rounds that remain, including the open one
     * @return null if that is a hundred years away, or a clock was set back
     */
    public @Nullable Instant end(Instant now, int remaining) {
        Duration round = round(now);
        if (round.isNegative() || round.compareTo(LONGEST) > 0) {
            return null;
        }
        Duration left = round.multipliedBy(Math.max(1, remaining));
        if (left.compareTo(LONGEST) > 0) {
            return null;
        }
        Instant end = opened.plus(left);
        return (end.isBefore(now) ? now : end).truncatedTo(ChronoUnit.MILLIS);
    }
}
