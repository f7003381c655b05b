package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.RoundSkipping;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunStall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Ends the first three steps of an attempt: fixes the members of the cohort, those that may mask, and those in the sum.
 * Works in the caller's
 * transaction, under the run's lock. Thread-safe.
 */
@Component
class CohortFormation {

    private final PlanCache plans;
    private final RunRules rules;
    private final AttemptTable attempts;
    private final CohortTable cohort;
    private final RoundMembers members;
    private final CohortBlame blame;
    private final RoundSkipping skipping;

    CohortFormation(
            PlanCache plans,
            RunRules rules,
            AttemptTable attempts,
            CohortTable cohort,
            RoundMembers members,
            CohortBlame blame,
            RoundSkipping skipping) {
        this.plans = plans;
        this.rules = rules;
        this.attempts = attempts;
        this.cohort = cohort;
        this.members = members;
        this.blame = blame;
        this.skipping = skipping;
    }

    /**
     * Ends the current step of an attempt.
     *
     * @return why the attempt cannot continue; empty if it waits for the next step
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

    /** Ends an attempt without a sum, and deletes its members' frames. */
    void fail(Attempt attempt, String why, Instant now) {
        attempts.fail(attempt.id(), now, why);
        cohort.delete(attempt.id());
    }

    private Optional<String> endKeys(Run run, Attempt attempt, Instant now) {
        SecureAggregationTerms terms = terms(run);
        List<CohortTable.Progress> all = cohort.list(attempt.id());
        List<Integer> chosen = new ArrayList<>(ofOneOwner(all, run));
        chosen.removeAll(blame.leaveOut(run, attempt, chosen, now));
        Optional<CohortParameters> parameters = terms.parameters(chosen.size());
        while (parameters.isEmpty() && chosen.size() > terms.minMembers()) {
            // Rounding up the tolerated dropout and collusion can leave some cohort size without parameters.
            chosen.remove(chosen.size() - 1);
            parameters = terms.parameters(chosen.size());
        }
        if (parameters.isEmpty()) {
            return tooFew(chosen.size(), rules.open(run).minParticipants(), "sent keys")
                    .map(why -> why + advice(run));
        }
        Set<Integer> kept = Set.copyOf(chosen);
        cohort.remove(
                attempt.id(),
                all.stream()
                        .map(CohortTable.Progress::ordinal)
                        .filter(ordinal -> !kept.contains(ordinal))
                        .toList());
        CohortParameters found = parameters.get();
        attempts.beginShares(attempt.id(), chosen.size(), found.threshold(), now);
        run.current().waitUntil(now.plus(terms.phaseTime()));
        return Optional.empty();
    }

    /** A device trusts only its own owner. If several owners have large enough cohorts, they take turns. */
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
        int needed = needed(run, attempt);
        if (attempt.sharing() < needed) {
            return tooFew(attempt.sharing(), needed, "shared their secrets");
        }
        cohort.deliverShares(attempt.id());
        attempts.beginMasked(attempt.id(), now);
        run.current().waitUntil(now.plus(terms(run).phaseTime()));
        return Optional.empty();
    }

    private Optional<String> endMasked(Run run, Attempt attempt, Instant now) {
        int needed = needed(run, attempt);
        if (attempt.masked() < needed) {
            return tooFew(attempt.masked(), needed, "sent a vector");
        }
        attempts.beginReveal(attempt.id(), now);
        // Twice the time, because without enough reveals the round is lost.
        run.current().waitUntil(now.plus(terms(run).phaseTime().multipliedBy(2)));
        return Optional.empty();
    }

    /** Returns how many members an attempt needs in each later step: enough for a sum, and enough to reveal it. */
    private int needed(Run run, Attempt attempt) {
        return Math.max(rules.open(run).minParticipants(), attempt.needed());
    }

    private static Optional<String> tooFew(int members, int needed, String what) {
        return Optional.of("only " + members + " of at least " + needed + " members " + what);
    }

    /** Returns what to do if the run has too few members for any cohort; empty if it has enough. */
    private String advice(Run run) {
        int min = rules.open(run).minParticipants();
        int staying = members.staying(run.id());
        if (staying >= min) {
            return skipping.advice(run);
        }
        return "; the run has " + staying + (staying == 1 ? " member" : " members") + ": "
                + RunStall.advice(staying, min, true);
    }

    private SecureAggregationTerms terms(Run run) {
        return Objects.requireNonNull(plans.of(run).secureAggregation());
    }
}
