package io.evenkeel.coordinator.overview;

import io.evenkeel.coordinator.access.permission.RunPatterns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A feature that has something to show in the overview. Each call reads a bounded number of rows, and waits for nothing. */
public interface OverviewSource {

    /** How long a run that failed, or a roll-out that stopped, waits for somebody to look at it. */
    Duration REMEMBERED = Duration.ofDays(7);

    /**
     * Returns what waits for an operator, in any order.
     *
     * @param readers the runs of the reader; what is not about a run is for those with all runs
     */
    List<WaitingItem> waiting(RunPatterns readers, Instant now);

    /** Returns what happened last, other than to runs, newest first. */
    default List<LatestEvent> latest(RunPatterns readers, Instant now, int limit) {
        return List.of();
    }
}
