package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RoundRules;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.SecureAggregationTerms;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.NeighbourGraph;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * Ends the first three steps of an attempt: fixes who is in the cohort, who may mask, and who is in the sum. Works in the caller's
 * transaction, under the run's lock. Thread-safe.
 */
@Component
class CohortFormation {

    private final PlanCache plans;
    private final RunRules rules;
    private final AttemptTable attempts;
    private final CohortTable cohort;
    private final CohortGraphs graphs;
    private final CohortReveals reveals;

    CohortFormation(
            PlanCache plans,
            RunRules rules,
            AttemptTable attempts,
            CohortTable cohort,
            CohortGraphs graphs,
            CohortReveals reveals) {
        this.plans = plans;
        this.rules = rules;
        this.attempts = attempts;
        this.cohort = cohort;
        this.graphs = graphs;
        this.reveals = reveals;
    }

    /**
     * Ends the step that an attempt waits for.
     *
     * @return why the attempt cannot go on; empty if it waits for the next step
     */
    Optional<String> endStep(Run run, Attempt attempt, Instant now) {
        return switch (attempt.phase()) {
            case KEYS -> endKeys(run, attempt, now);
            case SHARES -> endShares(run, attempt, now);
            case MASKED -> endMasked(run, attempt, now);
            case REVEAL, DONE, FAILED ->
                throw new IllegalStateException("attempt " + attempt.id() + " is in " + attempt.phase());
        };
    }

    /** Ends an attempt without a sum, and deletes what its members sent. */
    void fail(Attempt attempt, String why, Instant now) {
        attempts.fail(attempt.id(), now, why);
        cohort.delete(attempt.id());
        graphs.forget(attempt.run());
    }

    private Optional<String> endKeys(Run run, Attempt attempt, Instant now) {
        SecureAggregationTerms terms = terms(run);
        List<CohortTable.Progress> all = cohort.list(attempt.id());
        List<Integer> chosen = new ArrayList<>(ofOneOwner(all, run));
        Optional<CohortParameters> parameters = terms.parameters(chosen.size());
        while (parameters.isEmpty() && chosen.size() > terms.minMembers()) {
            // Rounding up the shares that may drop out or collude can leave one size without parameters.
            chosen.remove(chosen.size() - 1);
            parameters = terms.parameters(chosen.size());
        }
        if (parameters.isEmpty()) {
            return tooFew(run, chosen.size(), "sent keys");
        }
        Set<Integer> kept = Set.copyOf(chosen);
        cohort.remove(
                attempt.id(),
                all.stream()
                        .map(CohortTable.Progress::ordinal)
                        .filter(ordinal -> !kept.contains(ordinal))
                        .toList());
        CohortParameters found = parameters.get();
        attempts.beginShares(attempt.id(), chosen.size(), found.neighbours(), found.threshold(), now);
        run.current().waitUntil(now.plus(terms.phaseTime()));
        return Optional.empty();
    }

    /** A device trusts no other owner than its own. With several large enough, each gets its turn. */
    private List<Integer> ofOneOwner(List<CohortTable.Progress> all, Run run) {
        Collection<List<Integer>> byOwner = all.stream()
                .collect(Collectors.groupingBy(
                        CohortTable.Progress::owner,
                        TreeMap::new,
                        Collectors.mapping(CohortTable.Progress::ordinal, Collectors.toList())))
                .values();
        int least = rules.open(run).minParticipants();
        List<List<Integer>> large =
                byOwner.stream().filter(ordinals -> ordinals.size() >= least).toList();
        if (!large.isEmpty()) {
            return large.get(run.round() % large.size());
        }
        return byOwner.stream()
                .reduce((one, other) -> other.size() > one.size() ? other : one)
                .orElse(List.of());
    }

    private Optional<String> endShares(Run run, Attempt attempt, Instant now) {
        Set<Integer> sharing = cohort.list(attempt.id()).stream()
                .filter(CohortTable.Progress::hasShared)
                .map(CohortTable.Progress::ordinal)
                .collect(Collectors.toSet());
        NeighbourGraph graph = graphs.of(attempt);
        int able = (int) sharing.stream()
                .filter(member -> IntStream.of(graph.neighboursOf(member))
                                .filter(sharing::contains)
                                .count()
                        >= attempt.threshold())
                .count();
        if (able < rules.open(run).minParticipants()) {
            return tooFew(run, able, "shared their secrets");
        }
        attempts.beginMasked(attempt.id(), able, now);
        run.current().waitUntil(now.plus(terms(run).phaseTime()));
        return Optional.empty();
    }

    private Optional<String> endMasked(Run run, Attempt attempt, Instant now) {
        if (attempt.masked() < rules.open(run).minParticipants()) {
            return tooFew(run, attempt.masked(), "sent a vector");
        }
        if (!reveals.canBeEnough(attempt)) {
            return Optional.of("more than secureAggregation.dropout of the neighbours of a member dropped out");
        }
        attempts.beginReveal(attempt.id(), now);
        // Twice the time: without enough reveals, the round is lost.
        run.current().waitUntil(now.plus(terms(run).phaseTime().multipliedBy(2)));
        return Optional.empty();
    }

    private Optional<String> tooFew(Run run, int members, String what) {
        RoundRules open = rules.open(run);
        return Optional.of("only " + members + " of at least " + open.minParticipants() + " members " + what);
    }

    private SecureAggregationTerms terms(Run run) {
        return Objects.requireNonNull(plans.of(run).secureAggregation());
    }
}
