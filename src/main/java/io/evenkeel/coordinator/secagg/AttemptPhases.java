package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptEnd;
import io.evenkeel.engine.secagg.AttemptPhase;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Advances the attempt of an open round through its steps, each in a transaction under the run's lock. A step ends when
 * all members that can answer have answered, or when it times out. If too few members remain, the attempt fails before
 * anything is revealed, and the next one starts. Thread-safe; one thread at a time works on a run.
 */
@Component
public class AttemptPhases {

    private static final Logger LOG = LoggerFactory.getLogger(AttemptPhases.class);

    private final RunRepository runs;
    private final OpenRoundCache openRounds;
    private final RunRules rules;
    private final AttemptTable attempts;
    private final StepEnd end;
    private final CohortFormation formation;
    private final CohortInclusion inclusion;
    private final Leases leases;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    AttemptPhases(
            RunRepository runs,
            OpenRoundCache openRounds,
            RunRules rules,
            AttemptTable attempts,
            StepEnd end,
            CohortFormation formation,
            CohortInclusion inclusion,
            Leases leases,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.openRounds = openRounds;
        this.rules = rules;
        this.attempts = attempts;
        this.end = end;
        this.formation = formation;
        this.inclusion = inclusion;
        this.leases = leases;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /** The result of checking an attempt. */
    public enum Progress {
        /** No change. */
        NONE,
        /** The attempt entered its next step, or a new attempt was opened. */
        MOVED,
        /** The attempt is over, and the round is frozen, with or without the cohort's sum. */
        FROZEN
    }

    /** Returns whether the current step of a running run's open attempt may be over; does not take the run's lock. */
    public boolean mayMove(Run run) {
        return transactions.read(() -> {
            Optional<Attempt> attempt =
                    attempts.find(run.id(), run.round(), run.current().extended());
            return end.mayBe(run, attempt.orElse(null), clock.instant());
        });
    }

    /**
     * Advances a run's open attempt if possible.
     *
     * @param id the run's key
     * @param epoch the epoch of the run's lease, which this coordinator holds
     */
    public Progress advance(long id, long epoch) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<StepEnded> ended = new ArrayList<>();
        Progress progress = transactions.write(() -> {
            Run run = runs.locked(id);
            if (!run.isLeasedIn(epoch)) {
                leases.drop(id);
                return Progress.NONE;
            }
            return run.state() == RunState.RUNNING && !run.current().isClosing()
                    ? move(run, now, ended)
                    : Progress.NONE;
        });
        ended.forEach(events::publishEvent);
        return progress == Progress.NONE ? inclusion.include(id, epoch, now) : progress;
    }

    /** Ends the open attempt, if any, of a run that is over, and deletes its frames. */
    public void abandon(long run) {
        inclusion.forget(run);
        if (transactions.read(() -> attempts.findOpen(run)).isPresent()) {
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            transactions.write(() -> {
                Run over = runs.locked(run);
                attempts.findOpen(over.id()).ifPresent(open -> formation.fail(open, "the run is over", now));
            });
        }
    }

    private Progress move(Run run, Instant now, List<StepEnded> ended) {
        Attempt attempt =
                attempts.findOrBegin(run.id(), run.round(), run.current().extended(), now);
        if (end.isSkipped(run, attempt, now)) {
            inclusion.skip(run, attempt, now);
            return Progress.FROZEN;
        }
        if (!end.isReached(run, attempt, now)) {
            return Progress.NONE;
        }
        end.countMissed(run, attempt);
        AttemptEnd next = formation.endStep(run, attempt, now);
        boolean isOpen = next instanceof AttemptEnd.Next;
        ended.add(StepEnded.of(run.name(), attempt, now, isOpen ? null : AttemptPhase.FAILED));
        if (next instanceof AttemptEnd.Again failed) {
            again(run, attempt, failed.why(), now);
        } else if (next instanceof AttemptEnd.GiveUp lost) {
            inclusion.giveUp(run, attempt, lost.why(), now);
            return Progress.FROZEN;
        }
        return Progress.MOVED;
    }

    /** Opens another attempt with all members. Nothing was revealed, so a device may mask the same message again. */
    private void again(Run run, Attempt attempt, String why, Instant now) {
        LOG.debug("Attempt {} of round {} of run '{}' failed: {}", attempt.number(), run.round(), run.name(), why);
        formation.fail(attempt, why, now);
        run.extend(now, rules.open(run), rules.bringForward(run), why);
        openRounds.extend(run);
    }
}
