package io.evenkeel.coordinator.secagg;

import io.evenkeel.core.secagg.NeighbourGraph;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Who masks with whom in the newest attempt of each run, remembered because every member asks for its neighbours. A cohort does not change
 * once its keys are in. Works in the caller's transaction. Thread-safe.
 */
@Component
class CohortGraphs {

    private final CohortTable members;
    private final Map<Long, Known> known = new ConcurrentHashMap<>();

    CohortGraphs(CohortTable members) {
        this.members = members;
    }

    private record Known(long attempt, NeighbourGraph graph) {}

    /** Returns the graph of an attempt whose keys are in. */
    NeighbourGraph of(Attempt attempt) {
        Known found = known.get(attempt.run());
        if (found == null || found.attempt() != attempt.id()) {
            List<CohortTable.Progress> cohort = members.list(attempt.id());
            int[] ordinals =
                    cohort.stream().mapToInt(CohortTable.Progress::ordinal).toArray();
            found = new Known(attempt.id(), new NeighbourGraph(ordinals, attempt.neighbours(), attempt.graphSeed()));
            known.put(attempt.run(), found);
        }
        return found.graph();
    }

    /** Forgets the graph of a run whose attempt has ended. */
    void forget(long run) {
        known.remove(run);
    }
}
