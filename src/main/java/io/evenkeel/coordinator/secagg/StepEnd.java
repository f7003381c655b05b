package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.RoundSkipping;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.run.CurrentRound;
import io.evenkeel.engine.run.Run;
import java.time.Instant;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides when a step of an attempt is over. Works in the caller's transaction. Thread-safe.
 *
 * <p>The first step takes as long as a round, since devices compute before it: until the cohort has the maximum number
 * of members, or all members asked have sent keys, or the round's time is up. In a later attempt the messages are
 * already computed, so with the minimum number of members it takes no longer than the other steps. Those end with their
 * last member, or when their time is up. The first step also ends if the members asked are too few for a cohort while
 * others wait for the next round, because only a new attempt asks these.
 */
@Component
class StepEnd {

    private final RunRules rules;
    private final PlanCache plans;
    private final OpenRoundCache openRounds;
    private final RoundMembers members;
    private final CohortTable cohort;
    private final RoundSkipping skipping;

    StepEnd(
            RunRules rules,
            PlanCache plans,
            OpenRoundCache openRounds,
            RoundMembers members,
            CohortTable cohort,
            RoundSkipping skipping) {
        this.rules = rules;
        this.plans = plans;
        this.openRounds = openRounds;
        this.members = members;
        this.cohort = cohort;
        this.skipping = skipping;
    }

    /**
     * Returns whether the step may be over, from counters only.
     *
     * @param attempt null if no device has sent anything
     */
    boolean mayBe(Run run, @Nullable Attempt attempt, Instant now) {
        if (timeIsUp(run, now)) {
            return attempt == null || !attempt.phase().isOver();
        }
        if (attempt == null) {
            return needsOthers(run) || skipping.isDue(run);
        }
        return switch (attempt.phase()) {
            case KEYS ->
                isFull(run, attempt)
                        || (hasEnough(run, attempt)
                                && (isLate(run, attempt, now)
                                        || attempt.advertised()
                                                        + members.leavers(run.id(), run.round())
                                                                .cardinality()
                                                        + openRounds
                                                                .declined(run)
                                                                .cardinality()
                                                        + openRounds.silent(run).cardinality()
                                                >= openRounds.sampled(run).cardinality()))
                        || needsOthers(run)
                        || skipping.isDue(run);
            case SHARES, MASKED -> attempt.missing() <= 0;
            case REVEAL -> attempt.hasEnoughReveals();
            case DONE, FAILED -> false;
        };
    }

    /** Returns whether a step is over; the last one is over when its time is up without enough reveals. */
    boolean isReached(Run run, Attempt attempt, Instant now) {
        return switch (attempt.phase()) {
            case KEYS ->
                timeIsUp(run, now)
                        || isFull(run, attempt)
                        || (hasEnough(run, attempt)
                                && (isLate(run, attempt, now)
                                        || (leastTimePassed(run, now) && allAnswered(run, attempt))))
                        || needsOthers(run);
            case SHARES, MASKED -> timeIsUp(run, now) || attempt.missing() <= 0;
            case REVEAL -> timeIsUp(run, now) && !attempt.hasEnoughReveals();
            case DONE, FAILED -> false;
        };
    }

    /**
     * Returns whether the first step is the last one, because the round is skipped for lack of members that may take part. The caller has
     * locked the run.
     */
    boolean isSkipped(Run run, Attempt attempt, Instant now) {
        return attempt.phase() == AttemptPhase.KEYS
                && skipping.skips(run, timeIsUp(run, now) ? (Integer) attempt.advertised() : null, now);
    }

    private boolean isFull(Run run, Attempt attempt) {
        return attempt.advertised() >= rules.open(run).maxParticipants();
    }

    private boolean hasEnough(Run run, Attempt attempt) {
        return attempt.advertised() >= rules.open(run).minParticipants();
    }

    /** Returns whether the members asked are too few for a cohort, and an extension would ask more. */
    private boolean needsOthers(Run run) {
        BitSet able = (BitSet) openRounds.sampled(run).clone();
        able.andNot(openRounds.declined(run));
        able.andNot(openRounds.silent(run));
        able.andNot(members.leavers(run.id(), run.round()));
        return able.cardinality() < rules.open(run).minParticipants() && members.awaitNext(run.id(), run.round());
    }

    private boolean isLate(Run run, Attempt attempt, Instant now) {
        SecureAggregationTerms terms = Objects.requireNonNull(plans.of(run).secureAggregation());
        return attempt.number() > 0 && !now.isBefore(attempt.since().plus(terms.phaseTime()));
    }

    private boolean leastTimePassed(Run run, Instant now) {
        RoundRules open = rules.open(run);
        Instant opened = run.current().openedAt();
        return opened == null || !now.isBefore(opened.plus(open.minTime()));
    }

    private boolean allAnswered(Run run, Attempt attempt) {
        BitSet missing = missing(run, attempt);
        missing.andNot(openRounds.silent(run));
        return missing.isEmpty();
    }

    /**
     * Counts a round as missed by the members that have not sent keys in its first attempt, unless that is full. The
     * caller has locked the run;
     * the step is over.
     */
    void countMissed(Run run, Attempt attempt) {
        if (attempt.phase() == AttemptPhase.KEYS
                && attempt.number() == 0
                && !isFull(run, attempt)
                && !needsOthers(run)) {
            openRounds.countMissed(run, missing(run, attempt));
        }
    }

    /** Returns the ordinals of the members that were asked and have neither sent keys nor declined. */
    private BitSet missing(Run run, Attempt attempt) {
        BitSet missing = (BitSet) openRounds.sampled(run).clone();
        missing.andNot(openRounds.declined(run));
        missing.andNot(members.leavers(run.id(), run.round()));
        cohort.list(attempt.id()).forEach(member -> missing.clear(member.ordinal()));
        return missing;
    }

    /** Returns whether the time of a run's open step is up. */
    static boolean timeIsUp(Run run, Instant now) {
        CurrentRound current = run.current();
        Instant deadline = current.deadline();
        return deadline != null && !now.isBefore(deadline);
    }
}
