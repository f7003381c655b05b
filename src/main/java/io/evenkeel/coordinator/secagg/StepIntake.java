package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.member.MemberRow;
import io.evenkeel.coordinator.message.ChainRules;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.problem.ProblemKind;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRow;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.core.secagg.CohortBasis;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Takes what devices send in the steps of an attempt, under the run's lock. Everything that a device can get wrong is checked here, so that
 * no device can stop the others. A refused request changes nothing. Thread-safe.
 */
@Component
class StepIntake {

    private final RunTable runs;
    private final RunRules rules;
    private final AttemptTable attempts;
    private final CohortTable cohort;
    private final CohortBases bases;
    private final StepGate gate;
    private final StepChecks checks;
    private final CohortReceipts receipts;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    StepIntake(
            RunTable runs,
            RunRules rules,
            AttemptTable attempts,
            CohortTable cohort,
            CohortBases bases,
            StepGate gate,
            StepChecks checks,
            CohortReceipts receipts,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.rules = rules;
        this.attempts = attempts;
        this.cohort = cohort;
        this.bases = bases;
        this.gate = gate;
        this.checks = checks;
        this.receipts = receipts;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /**
     * The step of an attempt that a device takes.
     *
     * @param run the run
     * @param client the device
     * @param round the round
     * @param number the attempt
     */
    record Turn(PlanCache.Known run, String client, int round, int number) {}

    /** The state that a transaction reads for a step. */
    private record Standing(RunRow run, MemberRow member, Attempt attempt) {}

    /**
     * Takes a device's keys.
     *
     * @throws ProblemException {@code invalid}, {@code conflict}, {@code other-model}, and those of {@link StepGate}
     */
    void keys(Turn turn, StepFrames.Keys keys) {
        checks.verify(turn, keys.advertisement());
        Optional<CohortBasis> basis = bases.ofOpen(turn.run(), turn.round());
        take(turn, AttemptPhase.KEYS, standing -> {
            Attempt attempt = standing.attempt();
            Optional<byte[]> before =
                    cohort.keysOf(attempt.id(), standing.member().ordinal());
            if (before.isPresent()) {
                return requireSame(before, keys.frame(), standing, "keys");
            }
            requirePhase(standing, AttemptPhase.KEYS, true);
            if (attempt.advertised() >= rules.open(standing.run()).maxParticipants()) {
                throw StepGate.closed(
                        standing.run(), attempt, "the cohort has all members that it takes, so the step is over");
            }
            StepChecks.requireBasis(standing.run(), standing.member(), basis, keys.advertisement());
            checks.requireUnique(standing.member(), attempt, keys.advertisement());
            checks.requireNotLeftOut(standing.run(), keys.advertisement());
            cohort.insert(attempt.id(), keys.advertisement(), keys.frame());
            return true;
        });
    }

    /**
     * Takes a member's shares for the others.
     *
     * @throws ProblemException as {@link #keys}
     */
    void shares(Turn turn, byte[] frame) {
        take(turn, AttemptPhase.SHARES, standing -> {
            Attempt attempt = standing.attempt();
            CohortTable.Progress progress = progress(standing);
            if (progress.hasShared()) {
                return requireSame(cohort.sharesOf(attempt.id(), progress.ordinal()), frame, standing, "shares");
            }
            requirePhase(standing, AttemptPhase.SHARES, true);
            checks.requireShares(attempt, progress.ordinal(), frame);
            cohort.saveShares(attempt.id(), progress.ordinal(), frame);
            return true;
        });
    }

    /**
     * Takes a member's masked vector. It is held, and accepted only with the sum of the whole cohort.
     *
     * @throws ProblemException as {@link #keys}, and {@code state-diverged} and {@code plan-exceeded}
     */
    void masked(Turn turn, StepFrames.Masked masked) {
        take(turn, AttemptPhase.MASKED, standing -> {
            Attempt attempt = standing.attempt();
            CohortTable.Progress progress = progress(standing);
            if (progress.hasMasked()) {
                return requireSame(
                        cohort.maskedOf(attempt.id(), progress.ordinal()), masked.frame(), standing, "vector");
            }
            requirePhase(standing, AttemptPhase.MASKED, progress.hasShared());
            ChainRules.require(
                    standing.run().name(),
                    standing.member(),
                    masked.vector().sequence(),
                    masked.vector().previous());
            checks.requireBudget(turn, masked.vector().sequence());
            cohort.saveMasked(attempt.id(), progress.ordinal(), masked.frame());
            return true;
        });
    }

    /**
     * Takes the shares that a member reveals. Those of a member whose message is in the sum already are not needed.
     *
     * @throws ProblemException as {@link #keys}
     */
    void reveals(Turn turn, byte[] frame) {
        take(turn, AttemptPhase.REVEAL, standing -> {
            Attempt attempt = standing.attempt();
            CohortTable.Progress progress = progress(standing);
            if (progress.hasRevealed()) {
                return requireSame(cohort.revealOf(attempt.id(), progress.ordinal()), frame, standing, "reveal");
            }
            requirePhase(standing, AttemptPhase.REVEAL, progress.hasMasked());
            checks.requireReveal(attempt, progress.ordinal(), frame);
            cohort.saveReveal(attempt.id(), progress.ordinal(), frame);
            return true;
        });
    }

    /** Takes a step. */
    private interface Step {

        /** Returns whether this is new; false if the device has sent the same before. */
        boolean take(Standing standing);
    }

    /** Commits without a sync: after a loss of power the attempt fails, or its devices send the step again. */
    private void take(Turn turn, AttemptPhase phase, Step step) {
        boolean[] mayEnd = {false};
        transactions.writeLazily(() -> {
            RunRow run = runs.lock(turn.run().run());
            if (phase == AttemptPhase.REVEAL && receipts.find(turn).isPresent()) {
                // Others were enough.
                return;
            }
            Standing standing = standing(turn, run);
            if (step.take(standing)) {
                attempts.count(standing.attempt());
                mayEnd[0] = mayEnd(standing, phase);
            }
        });
        if (mayEnd[0]) {
            events.publishEvent(new RunChanged(turn.run().run()));
        }
    }

    /** Most steps end with their last member; the scheduler's tick finds the others. */
    private boolean mayEnd(Standing standing, AttemptPhase phase) {
        Attempt before = standing.attempt();
        return switch (phase) {
            case KEYS -> before.advertised() + 1 >= rules.open(standing.run()).minParticipants();
            case SHARES, MASKED, REVEAL -> before.missing() <= 1;
            case DONE, FAILED -> false;
        };
    }

    private Standing standing(Turn turn, RunRow run) {
        MemberRow member = gate.member(run, turn.client());
        Attempt found = attempts.find(run.id(), run.round(), run.extended()).orElse(null);
        gate.require(run, found, member, turn.round(), turn.number());
        Attempt attempt = found != null
                ? found
                : attempts.findOrBegin(
                        run.id(), run.round(), run.extended(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return new Standing(run, member, attempt);
    }

    private CohortTable.Progress progress(Standing standing) {
        return cohort.find(standing.attempt().id(), standing.member().ordinal())
                .orElseThrow(() -> StepGate.closed(
                        standing.run(), standing.attempt(), "this device is not in the cohort, so the step is over"));
    }

    private void requirePhase(Standing standing, AttemptPhase phase, boolean takesPart) {
        if (standing.attempt().phase() != phase || !takesPart) {
            throw StepGate.closed(
                    standing.run(), standing.attempt(), "the step " + phase.text() + " is not open or over");
        }
    }

    /** Always false: there is nothing to count. */
    private static boolean requireSame(Optional<byte[]> before, byte[] frame, Standing standing, String what) {
        if (before.filter(sent -> Arrays.equals(sent, frame)).isEmpty()) {
            throw ProblemKind.CONFLICT
                    .because(
                            "client " + standing.member().client() + " has sent another " + what + " in round "
                                    + standing.attempt().round() + ", attempt "
                                    + standing.attempt().number() + " of run '"
                                    + standing.run().name() + "'",
                            "another process may use the same identity, or the device has restarted: this attempt is"
                                    + " lost for it; wait for the outcome or the next attempt")
                    .with("openRound", standing.run().round())
                    .with("openAttempt", standing.run().extended());
        }
        return false;
    }
}
