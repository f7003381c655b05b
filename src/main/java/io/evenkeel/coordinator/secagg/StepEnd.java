package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.RoundSkipping;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.secagg.AskedMembers;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.evenkeel.engine.secagg.AttemptRules;
import java.time.Instant;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads the data with which {@link AttemptRules} decides when a step of an attempt is over. Works in the caller's
 * transaction. Thread-safe.
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
     * Returns whether the step may be over, using only counters.
     *
     * @param attempt null if no device has sent anything
     */
    boolean mayBe(Run run, @Nullable Attempt attempt, Instant now) {
        return rules(run).mayEnd(attempt, run.current(), asked(run, attempt), () -> skipping.isDue(run), now);
    }

    /** Returns whether a step is over; the last one is over if it times out without enough reveals. */
    boolean isReached(Run run, Attempt attempt, Instant now) {
        return rules(run).isOver(attempt, run.current(), asked(run, attempt), sent(attempt), now);
    }

    /**
     * Returns whether the round is skipped in the first step, because too few members can take part. The caller has
     * locked the run.
     */
    boolean isSkipped(Run run, Attempt attempt, Instant now) {
        return attempt.phase() == AttemptPhase.KEYS
                && skipping.skips(
                        run, AttemptRules.isTimeUp(run.current(), now) ? (Integer) attempt.advertised() : null, now);
    }

    /**
     * Records that the members that have not sent keys have missed a round. The caller has locked the run; the step is
     * over.
     */
    void countMissed(Run run, Attempt attempt) {
        rules(run)
                .missed(attempt, asked(run, attempt), sent(attempt))
                .ifPresent(missing -> openRounds.countMissed(run, missing));
    }

    private AttemptRules rules(Run run) {
        return new AttemptRules(
                rules.open(run), Objects.requireNonNull(plans.of(run).secureAggregation()));
    }

    private AskedMembers asked(Run run, @Nullable Attempt attempt) {
        return attempt != null && attempt.phase() != AttemptPhase.KEYS
                ? AskedMembers.NONE
                : new AskedMembers(
                        openRounds.sampled(run),
                        openRounds.declined(run),
                        openRounds.silent(run),
                        members.leavers(run.id(), run.round()),
                        () -> members.awaitNext(run.id(), run.round()));
    }

    /** Returns the members that have sent keys, in the first step. */
    private BitSet sent(Attempt attempt) {
        BitSet sent = new BitSet();
        if (attempt.phase() == AttemptPhase.KEYS) {
            cohort.list(attempt.id()).forEach(member -> sent.set(member.ordinal()));
        }
        return sent;
    }
}
