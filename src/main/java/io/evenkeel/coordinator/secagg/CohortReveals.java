package io.evenkeel.coordinator.secagg;

import io.evenkeel.core.secagg.NeighbourGraph;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * Tells whether enough neighbours of each member are there to reconstruct the secret that the sum needs of it: of a member in the sum its
 * seed, of one that dropped out after sharing its key. Works in the caller's transaction. Thread-safe.
 */
@Component
class CohortReveals {

    private final CohortTable cohort;
    private final CohortGraphs graphs;

    CohortReveals(CohortTable cohort, CohortGraphs graphs) {
        this.cohort = cohort;
        this.graphs = graphs;
    }

    /** Tells whether the shares that were revealed suffice. */
    boolean areEnough(Attempt attempt) {
        return suffice(attempt, CohortTable.Progress::hasRevealed);
    }

    /** Tells whether the shares suffice if every member in the sum reveals. */
    boolean canBeEnough(Attempt attempt) {
        return suffice(attempt, CohortTable.Progress::hasMasked);
    }

    private boolean suffice(Attempt attempt, Predicate<CohortTable.Progress> reveals) {
        List<CohortTable.Progress> members = cohort.list(attempt.id());
        Set<Integer> included = ordinals(members, CohortTable.Progress::hasMasked);
        Set<Integer> revealing = ordinals(members, reveals);
        NeighbourGraph graph = graphs.of(attempt);
        return members.stream()
                .filter(CohortTable.Progress::hasShared)
                .map(member -> graph.neighboursOf(member.ordinal()))
                .allMatch(neighbours ->
                        count(neighbours, revealing) >= attempt.threshold() || count(neighbours, included) == 0);
    }

    private static long count(int[] neighbours, Set<Integer> members) {
        return IntStream.of(neighbours).filter(members::contains).count();
    }

    private static Set<Integer> ordinals(List<CohortTable.Progress> members, Predicate<CohortTable.Progress> which) {
        return members.stream().filter(which).map(CohortTable.Progress::ordinal).collect(Collectors.toSet());
    }
}
