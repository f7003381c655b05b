package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.RoundSkipping;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptEnd;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.evenkeel.engine.secagg.AttemptRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Ends the first three steps of an attempt: fixes the members of the cohort, those that may mask, and those in the sum.
 * Works in the caller's transaction, under the run's lock. Thread-safe.
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

    /** Ends the current step of an attempt, and returns the outcome. */
    AttemptEnd endStep(Run run, Attempt attempt, Instant now) {
        AttemptRules attemptRules = new AttemptRules(
                rules.open(run), Objects.requireNonNull(plans.of(run).secureAggregation()));
        int masked = attempts.countMasked(run.id(), run.round());
        AttemptEnd end = attempt.phase() == AttemptPhase.KEYS
                ? endKeys(run, attempt, attemptRules, masked, now)
                : attemptRules.after(attempt, masked);
        if (end instanceof AttemptEnd.Next next) {
            switch (next.phase()) {
                case MASKED -> {
                    cohort.deliverShares(attempt.id());
                    attempts.beginMasked(attempt.id(), now);
                }
                case REVEAL -> attempts.beginReveal(attempt.id(), now);
                default -> {}
            }
            run.current().waitUntil(now.plus(next.time()));
        }
        return end;
    }

    /** Ends an attempt without a sum, and deletes its members' frames. */
    void fail(Attempt attempt, String why, Instant now) {
        attempts.fail(attempt.id(), now, why);
        cohort.delete(attempt.id());
    }

    private AttemptEnd endKeys(Run run, Attempt attempt, AttemptRules attemptRules, int masked, Instant now) {
        List<CohortTable.Progress> all = cohort.list(attempt.id());
        List<Integer> senders = new ArrayList<>(attemptRules.ofOneOwner(
                all.stream()
                        .collect(Collectors.groupingBy(
                                CohortTable.Progress::owner,
                                TreeMap::new,
                                Collectors.mapping(CohortTable.Progress::ordinal, Collectors.toList()))),
                run.round()));
        senders.removeAll(blame.leaveOut(run, attempt, senders, now));
        Optional<AttemptRules.Cohort> found = attemptRules.cohort(senders);
        found.ifPresent(chosen -> {
            Set<Integer> kept = Set.copyOf(chosen.members());
            cohort.remove(
                    attempt.id(),
                    all.stream()
                            .map(CohortTable.Progress::ordinal)
                            .filter(ordinal -> !kept.contains(ordinal))
                            .toList());
            attempts.beginShares(attempt.id(), kept.size(), chosen.threshold(), now);
        });
        return attemptRules.afterKeys(found, senders.size(), found.isPresent() ? "" : advice(run), masked);
    }

    /** Returns advice to the operator; empty if this or a later round has enough members. */
    private String advice(Run run) {
        int min = rules.open(run).minParticipants();
        int staying = members.staying(run.id());
        if (staying >= min) {
            return skipping.advice(run);
        }
        return "; the run has " + staying + (staying == 1 ? " member" : " members") + ": "
                + RunStall.advice(staying, min, true);
    }
}
