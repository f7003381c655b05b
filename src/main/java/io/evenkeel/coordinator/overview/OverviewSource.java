package io.evenkeel.coordinator.overview;

import io.evenkeel.engine.permission.RunPatterns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Contributes the items of a feature to the overview. Each call reads a bounded number of rows, and does not block. */
public interface OverviewSource {

    /** How long a failed run or a stopped roll-out stays on the list. */
    Duration REMEMBERED = Duration.ofDays(7);

    /**
     * Returns the items that wait for an operator, in any order.
     *
     * @param readers the runs of the reader; items that are not about a run need all runs
     */
    List<WaitingItem> waiting(RunPatterns readers, Instant now);

    /** Returns the latest events, except those of runs, newest first. */
    default List<LatestEvent> latest(RunPatterns readers, Instant now, int limit) {
        return List.of();
    }
}
