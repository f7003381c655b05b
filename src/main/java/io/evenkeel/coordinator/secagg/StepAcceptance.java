package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.ChainRules;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Accepts devices' frames in the steps of an attempt, under the run's lock. Checks everything that a device can get
 * wrong, so that no device can stop the others. A refused request changes nothing. Thread-safe.
 */
@Component
class StepAcceptance {

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

    StepAcceptance(
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
     * @param model the model of the round, on which the device computes
     * @param number the attempt
     */
    record Turn(PlanCache.Known run, String client, ModelName model, int number) {

        int round() {
            return model.round();
        }
    }

    /** The state that a transaction reads for a step. */
    private record Participant(RunRow run, MemberRow member, Attempt attempt) {}

    /**
     * Accepts a device's keys.
     *
     * @throws ProblemException {@code invalid}, {@code conflict}, {@code other-model}, and the problems of {@link StepGate}
     */
    void keys(Turn turn, StepFrames.Keys keys) {
        checks.verify(turn, keys.advertisement());
        Optional<CohortBasis> basis = bases.ofOpen(turn.run(), turn.round());
        take(turn, AttemptPhase.KEYS, participant -> {
            Attempt attempt = participant.attempt();
            Optional<byte[]> before = cohort.sentIn(
                    AttemptPhase.KEYS, attempt.id(), participant.member().ordinal());
            if (before.isPresent()) {
                return requireSame(before, keys.frame(), participant, "keys");
            }
            requirePhase(participant, AttemptPhase.KEYS, true);
            if (attempt.advertised() >= rules.open(participant.run()).maxParticipants()) {
                throw StepGate.closed(
                        participant.run(), attempt, "the cohort has all members that it takes, so the step is over");
            }
            StepChecks.requireBasis(participant.run(), participant.member(), basis, keys.advertisement());
            checks.requireUnique(participant.member(), attempt, keys.advertisement());
            checks.requireNotLeftOut(participant.run(), keys.advertisement());
            cohort.insert(attempt.id(), keys.advertisement(), keys.frame());
            return true;
        });
    }

    /**
     * Accepts a member's shares for the others.
     *
     * @throws ProblemException as {@link #keys}
     */
    void shares(Turn turn, byte[] frame) {
        take(turn, AttemptPhase.SHARES, participant -> {
            Attempt attempt = participant.attempt();
            CohortTable.Progress progress = progress(participant);
            if (progress.hasShared()) {
                return requireSame(
                        cohort.sentIn(AttemptPhase.SHARES, attempt.id(), progress.ordinal()),
                        frame,
                        participant,
                        "shares");
            }
            requirePhase(participant, AttemptPhase.SHARES, true);
            checks.requireShares(attempt, progress.ordinal(), frame);
            cohort.save(AttemptPhase.SHARES, attempt.id(), progress.ordinal(), frame);
            return true;
        });
    }

    /**
     * Accepts a member's masked vector. Its message is accepted only with the sum of the whole cohort.
     *
     * @throws ProblemException as {@link #keys}, and {@code state-diverged} and {@code plan-exceeded}
     */
    void masked(Turn turn, StepFrames.Masked masked) {
        take(turn, AttemptPhase.MASKED, participant -> {
            Attempt attempt = participant.attempt();
            CohortTable.Progress progress = progress(participant);
            if (progress.hasMasked()) {
                return requireSame(
                        cohort.sentIn(AttemptPhase.MASKED, attempt.id(), progress.ordinal()),
                        masked.frame(),
                        participant,
                        "vector");
            }
            requirePhase(participant, AttemptPhase.MASKED, progress.hasShared());
            ChainRules.require(
                    participant.run().name(),
                    participant.member(),
                    masked.vector().sequence(),
                    masked.vector().previous());
            checks.requireBudget(turn, masked.vector().sequence());
            cohort.save(AttemptPhase.MASKED, attempt.id(), progress.ordinal(), masked.frame());
            return true;
        });
    }

    /**
     * Accepts the shares that a member reveals. They are not needed once the sum is stored.
     *
     * @throws ProblemException as {@link #keys}
     */
    void reveals(Turn turn, byte[] frame) {
        take(turn, AttemptPhase.REVEAL, participant -> {
            Attempt attempt = participant.attempt();
            CohortTable.Progress progress = progress(participant);
            if (progress.hasRevealed()) {
                return requireSame(
                        cohort.sentIn(AttemptPhase.REVEAL, attempt.id(), progress.ordinal()),
                        frame,
                        participant,
                        "reveal");
            }
            requirePhase(participant, AttemptPhase.REVEAL, progress.hasMasked());
            checks.requireReveal(attempt, progress.ordinal(), frame);
            cohort.save(AttemptPhase.REVEAL, attempt.id(), progress.ordinal(), frame);
            return true;
        });
    }

    /** Takes a step. */
    private interface Step {

        /** Returns whether this is new; false if the device has sent the same before. */
        boolean take(Participant participant);
    }

    /** Commits without a sync: after a loss of power the attempt fails, or its devices repeat the step. */
    private void take(Turn turn, AttemptPhase phase, Step step) {
        boolean[] mayEnd = {false};
        transactions.writeLazily(() -> {
            RunRow run = runs.lock(turn.run().run());
            if (phase == AttemptPhase.REVEAL && receipts.find(turn).isPresent()) {
                // Others were sufficient.
                return;
            }
            Participant participant = participant(turn, run);
            if (step.take(participant)) {
                attempts.count(participant.attempt());
                mayEnd[0] = mayEnd(participant, phase);
            }
        });
        if (mayEnd[0]) {
            events.publishEvent(new RunChanged(turn.run().run()));
        }
    }

    /** Most steps end with their last member; the scheduler's tick ends the others. */
    private boolean mayEnd(Participant participant, AttemptPhase phase) {
        Attempt before = participant.attempt();
        return switch (phase) {
            case KEYS ->
                before.advertised() + 1 >= rules.open(participant.run()).minParticipants();
            case SHARES, MASKED, REVEAL -> before.missing() <= 1;
            case DONE, FAILED -> false;
        };
    }

    private Participant participant(Turn turn, RunRow run) {
        MemberRow member = gate.member(run, turn.client());
        Attempt found = attempts.find(run.id(), run.round(), run.extended()).orElse(null);
        gate.require(run, found, member, turn.model(), turn.number());
        Attempt attempt = found != null
                ? found
                : attempts.findOrBegin(
                        run.id(), run.round(), run.extended(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return new Participant(run, member, attempt);
    }

    private CohortTable.Progress progress(Participant participant) {
        return cohort.find(participant.attempt().id(), participant.member().ordinal())
                .orElseThrow(() -> StepGate.closed(
                        participant.run(),
                        participant.attempt(),
                        "this device is not in the cohort, so the step is over"));
    }

    private void requirePhase(Participant participant, AttemptPhase phase, boolean takesPart) {
        if (participant.attempt().phase() != phase || !takesPart) {
            throw StepGate.closed(
                    participant.run(), participant.attempt(), "the step " + phase.text() + " is not open or over");
        }
    }

    /** Always false: there is nothing to count. */
    private static boolean requireSame(Optional<byte[]> before, byte[] frame, Participant participant, String what) {
        if (before.filter(sent -> Arrays.equals(sent, frame)).isEmpty()) {
            throw ProblemKind.CONFLICT
                    .because(
                            "client " + participant.member().client() + " has sent another " + what + " in round "
                                    + participant.attempt().round() + ", attempt "
                                    + participant.attempt().number() + " of run '"
                                    + participant.run().name() + "'",
                            "another process may use the same identity, or the device has restarted: this attempt is"
                                    + " lost for it; wait for the outcome or the next attempt")
                    .with("openRound", participant.run().round())
                    .with("openAttempt", participant.run().extended());
        }
        return false;
    }
}
