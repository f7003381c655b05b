package io.evenkeel.coordinator.draw;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Decides which rounds a run with secure aggregation skips. A device reveals shares at most once for a round's number: a second sum of the
 * same messages would show the coordinator their difference. So after a database went back, rounds that too many devices know already can
 * have no sum, and the run goes on with the first one that can. A few devices alone cannot skip rounds: without them the others are
 * enough.
 *
 * @param needed how many members a round needs
 */
record SkipRule(int needed) {

    /**
     * Returns the first round that has enough members; empty if the open one has, or none.
     *
     * @param others how many members can take part in the open round
     * @param later of each member that cannot, the first round in which it takes part again
     */
    Optional<Integer> next(int others, Collection<Integer> later) {
        int missing = needed - others;
        if (missing <= 0 || missing > later.size()) {
            return Optional.empty();
        }
        List<Integer> ascending = later.stream().sorted().toList();
        return Optional.of(ascending.get(missing - 1));
    }
}
