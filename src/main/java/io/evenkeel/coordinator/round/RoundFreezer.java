package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.RoundNoise;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.secagg.AttemptPhases;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.round.ClosingRule;
import io.evenkeel.engine.run.CurrentRound;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Freezes an open round that is due, in a transaction under the run's lock. The commit fixes the round's messages. A round
 * with too few messages at its deadline is extended instead. Thread-safe.
 */
@Component
class RoundFreezer {

    private final RunRepository runs;
    private final RoundAnswers answers;
    private final OpenRoundCache openRounds;
    private final RoundNoise noise;
    private final RunRules rules;
    private final RunAdmission admission;
    private final PlanCache plans;
    private final AttemptPhases attempts;
    private final DurableTransactions transactions;
    private final Clock clock;

    RoundFreezer(
            RunRepository runs,
            RoundAnswers answers,
            OpenRoundCache openRounds,
            RoundNoise noise,
            RunRules rules,
            RunAdmission admission,
            PlanCache plans,
            AttemptPhases attempts,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.answers = answers;
        this.openRounds = openRounds;
        this.noise = noise;
        this.rules = rules;
        this.admission = admission;
        this.plans = plans;
        this.attempts = attempts;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * The result of checking an open round.
     *
     * @param frozen the round to close, null if none is due
     * @param extended whether the open round was given more time, or its devices must take another step
     */
    record Result(@Nullable FrozenRound frozen, boolean extended) {
        static final Result NONE = new Result(null, false);
    }

    /**
     * Freezes a run's open round if it is due and this coordinator can get the run's lease. A round that is already
     * frozen is returned unchanged.
     *
     * @param seen the run as just read, not over
     */
    Result freezeIfDue(Run seen) {
        long id = seen.id();
        OptionalLong epoch = mayBeDue(seen) ? admission.enter(seen) : OptionalLong.empty();
        if (epoch.isEmpty()) {
            return Result.NONE;
        }
        if (isAhead(seen)) {
            return transactions.write(() -> correct(id, epoch.getAsLong()));
        }
        FrozenRound frozen = new FrozenRound(id, seen.round(), epoch.getAsLong());
        if (seen.current().isClosing()) {
            return new Result(frozen, false);
        }
        return isMasked(seen) ? advance(frozen) : transactions.write(() -> freeze(id, epoch.getAsLong()));
    }

    /** Returns whether an open round's deadline is later than the clock allows. */
    private boolean isAhead(Run run) {
        return run.state() == RunState.RUNNING
                && !run.current().isClosing()
                && run.current().isAhead(clock.instant(), longest(run));
    }

    /** Returns the time for a run's open round or one of its steps. */
    private Duration longest(Run run) {
        SecureAggregationTerms terms = plans.of(run).secureAggregation();
        Duration round = rules.open(run).maxTime();
        Duration step = terms == null ? Duration.ZERO : terms.phaseTime().multipliedBy(2);
        return round.compareTo(step) > 0 ? round : step;
    }

    /** A deadline set while the clock was ahead would keep the round open until the clock reaches it. */
    private Result correct(long id, long epoch) {
        Run run = runs.locked(id);
        if (!run.isLeasedIn(epoch)
                || run.state() != RunState.RUNNING
                || run.current().isClosing()) {
            return Result.NONE;
        }
        run.current().correct(clock.instant().truncatedTo(ChronoUnit.MILLIS), longest(run));
        return new Result(null, true);
    }

    /** Ends the work of an open round in a run that is over. */
    void abandon(Run over) {
        if (isMasked(over)) {
            attempts.abandon(over.id());
        }
    }

    private boolean isMasked(Run run) {
        return plans.of(run).secureAggregation() != null;
    }

    /** A cohort's messages are accepted together, when the last step of its attempt ends. */
    private Result advance(FrozenRound open) {
        return switch (attempts.advance(open.run(), open.epoch())) {
            case NONE -> Result.NONE;
            case MOVED -> new Result(null, true);
            case FROZEN -> new Result(open, false);
        };
    }

    /**
     * Returns whether a run may have to be frozen, closed or corrected, without its lock: until all members asked may have
     * answered, only the deadline closes a round.
     */
    boolean mayBeDue(Run run) {
        CurrentRound current = run.current();
        if (current.isClosing() || isAhead(run)) {
            return true;
        }
        if (run.state() != RunState.RUNNING) {
            return false;
        }
        if (isMasked(run)) {
            return attempts.mayMove(run);
        }
        RoundRules open = rules.open(run);
        Instant deadline = current.deadline();
        boolean timeIsUp = deadline != null && !clock.instant().isBefore(deadline);
        return timeIsUp
                || current.accepted() >= open.maxParticipants()
                || (current.accepted() >= open.minParticipants()
                        && (current.extended() > 0 || answers.mayBeComplete(run)));
    }

    private Result freeze(long id, long epoch) {
        Run run = runs.locked(id);
        if (!run.isLeasedIn(epoch)) {
            admission.lost(id);
            return Result.NONE;
        }
        if (!run.state().hasOpenRound()) {
            return Result.NONE;
        }
        RoundRules open = rules.open(run);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ClosingRule.Verdict verdict = ClosingRule.judge(run, open, () -> answers.areComplete(run), now);
        return switch (verdict) {
            case WAIT -> Result.NONE;
            case CLOSE -> {
                answers.countMissed(run, open);
                run.current().beginClosing();
                noise.draw(run);
                yield new Result(new FrozenRound(id, run.round(), epoch), false);
            }
            case EXTEND -> {
                run.extend(now, open, rules.bringForward(run));
                openRounds.extend(run);
                yield new Result(null, true);
            }
        };
    }
}
