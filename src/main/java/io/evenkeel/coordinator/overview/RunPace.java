package io.evenkeel.coordinator.overview;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fast a run goes, by its last rounds. Without I/O.
 *
 * @param from when the first of these rounds opened
 * @param rounds how many of them have closed, at least 1
 * @param closed when the last of them closed
 */
record RunPace(Instant from, int rounds, Instant closed) {

    /** Over so many rounds the pace is measured. */
    static final int WINDOW = 20;

    /** Returns the time of a round: the mean, and more if the open round takes longer than that. */
    Duration round(Instant now) {
        Duration mean = Duration.between(from, closed).dividedBy(rounds);
        Duration withOpen = Duration.between(from, now).dividedBy(rounds + 1L);
        return mean.compareTo(withOpen) > 0 ? mean : withOpen;
    }

    /** Returns when the remaining rounds will be over at this pace; null if there is none of the time that clocks have. */
    @Nullable
    Instant end(Instant now, int remaining) {
        Duration round = round(now);
        if (round.isNegative() || round.toDays() > 3650) {
            return null;
        }
        Instant end = closed.plus(round.multipliedBy(remaining));
        return end.isBefore(now) ? now : end;
    }
}
