package io.evenkeel.coordinator.overview;

import io.evenkeel.engine.permission.RunPatterns;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Contributes the items of a feature to the overview. Each call reads a bounded number of rows and does not
 * block.
 */
public interface OverviewSource {

    /** How long a failed run or a stopped roll-out is listed. */
    Duration REMEMBERED = Duration.ofDays(7);

    /**
     * Returns the items that need an operator's attention, in any order.
     *
     * @param readers the runs that the reader may see; items that do not concern a run are returned only if
     *     the reader may see all runs
     */
    List<WaitingItem> waiting(RunPatterns readers, Instant now);

    /** Returns the latest events, newest first, except events of runs. */
    default List<LatestEvent> latest(RunPatterns readers, Instant now, int limit) {
        return List.of();
    }
}
