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
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.evenkeel.engine.secagg.CohortStepRules;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Accepts devices' frames in the steps of an attempt, under the run's lock. Checks for every error that a device can
 * make, so that no device can block the others. A refused request changes nothing. Thread-safe.
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
     * A device's step in an attempt.
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

    /** The state that a step's transaction reads. */
    private record Participant(RunRow run, MemberRow member, Attempt attempt) {}

    /**
     * Accepts a device's keys.
     *
     * @throws ProblemException {@code invalid}, {@code conflict}, {@code other-model}, and the problems of
     *     {@link StepGate}
     */
    void keys(Turn turn, StepFrames.Keys keys) {
        CohortStepRules.verify(
                turn.run().plan().name(),
                turn.round(),
                turn.number(),
                Objects.requireNonNull(turn.run().plan().secureAggregation()),
                keys.advertisement());
        Optional<CohortBasis> basis = bases.ofOpen(turn.run(), turn.round());
        take(turn, AttemptPhase.KEYS, participant -> {
            Attempt attempt = participant.attempt();
            if (!isNew(participant, AttemptPhase.KEYS, true, true, keys.frame(), "keys")) {
                return false;
            }
            CohortStepRules.requireRoom(
                    participant.run(), attempt, rules.open(participant.run()).maxParticipants());
            CohortStepRules.requireBasis(participant.run(), participant.member(), basis, keys.advertisement());
            checks.requireOwn(participant.run(), participant.member(), attempt, keys.advertisement());
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
            if (!isNew(participant, AttemptPhase.SHARES, progress.hasShared(), true, frame, "shares")) {
                return false;
            }
            checks.requireShares(attempt, progress.ordinal(), frame);
            cohort.save(AttemptPhase.SHARES, attempt.id(), progress.ordinal(), frame);
            return true;
        });
    }

    /**
     * Stores a member's masked vector. The message in it is accepted only with the sum of the whole cohort.
     *
     * @throws ProblemException as {@link #keys}, and {@code state-diverged} and {@code plan-exceeded}
     */
    void masked(Turn turn, StepFrames.Masked masked) {
        take(turn, AttemptPhase.MASKED, participant -> {
            Attempt attempt = participant.attempt();
            CohortTable.Progress progress = progress(participant);
            if (!isNew(
                    participant,
                    AttemptPhase.MASKED,
                    progress.hasMasked(),
                    progress.hasShared(),
                    masked.frame(),
                    "vector")) {
                return false;
            }
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
            if (!isNew(
                    participant, AttemptPhase.REVEAL, progress.hasRevealed(), progress.hasMasked(), frame, "reveal")) {
                return false;
            }
            checks.requireReveal(attempt, progress.ordinal(), frame);
            cohort.save(AttemptPhase.REVEAL, attempt.id(), progress.ordinal(), frame);
            return true;
        });
    }

    /** Takes a step. */
    private interface Step {

        /** Returns whether the frame is new; false if the device has sent the same one before. */
        boolean take(Participant participant);
    }

    /** Commits without a sync to disk: after a power failure the attempt fails, or its devices repeat the step. */
    private void take(Turn turn, AttemptPhase phase, Step step) {
        boolean[] mayEnd = {false};
        transactions.writeLazily(() -> {
            RunRow run = runs.lock(turn.run().run());
            if (phase == AttemptPhase.REVEAL && receipts.find(turn).isPresent()) {
                // The reveals of other members were sufficient.
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

    /** Returns whether this member's frame may end the step; otherwise the scheduler's tick ends it. */
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
                .orElseThrow(() -> CohortStepRules.closed(
                        participant.run(),
                        participant.attempt(),
                        "this device is not in the cohort, so the step is over"));
    }

    /**
     * Returns whether a frame is new; false if the member has sent the same one before.
     *
     * @param mayHaveSent whether the member may have taken the step already
     */
    private boolean isNew(
            Participant participant,
            AttemptPhase step,
            boolean mayHaveSent,
            boolean takesPart,
            byte[] frame,
            String what) {
        Attempt attempt = participant.attempt();
        MemberRow member = participant.member();
        return CohortStepRules.isNew(
                participant.run(),
                attempt,
                member,
                step,
                takesPart,
                mayHaveSent ? cohort.sentIn(step, attempt.id(), member.ordinal()) : Optional.empty(),
                frame,
                what);
    }
}
