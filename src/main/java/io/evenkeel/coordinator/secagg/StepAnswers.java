package io.evenkeel.coordinator.secagg;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.AcceptanceReceipt;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.evenkeel.engine.secagg.CohortStepRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Answers members' requests between the steps of an attempt. Thread-safe. */
@Component
class StepAnswers {

    private final RunTable runs;
    private final CohortReceipts receipts;
    private final AttemptTable attempts;
    private final CohortTable cohort;
    private final CohortLists lists;
    private final StepGate gate;
    private final DurableTransactions transactions;

    StepAnswers(
            RunTable runs,
            CohortReceipts receipts,
            AttemptTable attempts,
            CohortTable cohort,
            CohortLists lists,
            StepGate gate,
            DurableTransactions transactions) {
        this.runs = runs;
        this.receipts = receipts;
        this.attempts = attempts;
        this.cohort = cohort;
        this.lists = lists;
        this.gate = gate;
        this.transactions = transactions;
    }

    /** The answers that a member can request. */
    enum Topic {
        /** The cohort's keys, once they have arrived. */
        KEYS,
        /** The shares for the member, once they have arrived. */
        SHARES,
        /** The members in the sum, once all vectors have arrived. */
        INCLUDED,
        /** Whether the member's own message is in the sum, once that is decided. */
        OUTCOME
    }

    /**
     * A member's question.
     *
     * @param turn the member and the attempt
     * @param topic the requested answer
     */
    record Question(StepAcceptance.Turn turn, Topic topic) {}

    /**
     * Whether a device's message for a round is in the sum.
     *
     * @param included whether it is in the sum
     * @param receipt its receipt, if it is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CohortOutcome(boolean included, @Nullable AcceptanceReceipt receipt) {}

    /** The reason why a member that waits for an outcome should stop waiting. */
    enum Undecided {
        /** Another attempt has begun, in which the member may take part. */
        ANOTHER_ATTEMPT
    }

    /**
     * The state on which answers depend. No waiting member gets an answer while it is unchanged.
     *
     * @param state the run's state
     * @param closing whether the open round is frozen
     * @param round the open round
     * @param attempt its newest attempt
     * @param phase the step for which the attempt waits
     */
    record Version(
            RunState state,
            boolean closing,
            int round,
            int attempt,
            @Nullable AttemptPhase phase) {}

    /** Returns the version of a run that has been started. */
    Optional<Version> version(long run) {
        return transactions.read(() -> runs.started(run)
                .map(row -> new Version(
                        row.state(),
                        row.closing(),
                        row.round(),
                        row.extended(),
                        attempts.find(run, row.round(), row.extended())
                                .map(Attempt::phase)
                                .orElse(null))));
    }

    /**
     * Returns the answer: a frame, a {@link CohortOutcome} or an {@link Undecided}; empty if there is none yet.
     *
     * @throws ProblemException {@code member-not-found}, {@code round-not-open}, {@code round-closed},
     *     {@code attempt-closed}
     */
    Optional<Object> answer(Question question) {
        StepAcceptance.Turn turn = question.turn();
        return transactions.read(() -> {
            RunRow run = runs.started(turn.run().run())
                    .orElseThrow(() -> JoinRules.notFound(turn.run().plan().name(), turn.client()));
            Attempt attempt =
                    attempts.find(run.id(), run.round(), run.extended()).orElse(null);
            if (question.topic() == Topic.OUTCOME) {
                return outcome(turn, run, attempt)
                        .map(Object.class::cast)
                        .or(() -> isReplaced(turn, run) ? Optional.of(Undecided.ANOTHER_ATTEMPT) : Optional.empty());
            }
            MemberRow member = gate.member(run, turn.client());
            gate.require(run, attempt, member, turn.model(), turn.number());
            return frame(question.topic(), run, attempt, member).map(Object.class::cast);
        });
    }

    private Optional<byte[]> frame(Topic topic, RunRow run, @Nullable Attempt attempt, MemberRow member) {
        Optional<CohortTable.Progress> progress =
                attempt == null ? Optional.empty() : cohort.find(attempt.id(), member.ordinal());
        if (attempt == null || progress.isEmpty()) {
            throw CohortStepRules.closed(run, attempt, "this device is not in the cohort, so the step is over");
        }
        AttemptPhase awaited = switch (topic) {
            case KEYS -> AttemptPhase.SHARES;
            case SHARES -> AttemptPhase.MASKED;
            default -> AttemptPhase.REVEAL;
        };
        if (attempt.phase().compareTo(awaited) < 0) {
            return Optional.empty();
        }
        return Optional.of(
                switch (topic) {
                    case KEYS -> lists.members(attempt).frame();
                    case SHARES -> shares(run, attempt, progress.get());
                    default -> included(run, attempt, progress.get());
                });
    }

    private byte[] shares(RunRow run, Attempt attempt, CohortTable.Progress progress) {
        return cohort.receivedBy(attempt.id(), progress.ordinal())
                .orElseThrow(() -> CohortStepRules.closed(run, attempt, "the step shares is over"));
    }

    private byte[] included(RunRow run, Attempt attempt, CohortTable.Progress progress) {
        if (!progress.hasMasked()) {
            throw CohortStepRules.closed(run, attempt, "the step masked is over");
        }
        return lists.sum(attempt).frame();
    }

    private Optional<CohortOutcome> outcome(StepAcceptance.Turn turn, RunRow run, @Nullable Attempt attempt) {
        Optional<AcceptanceReceipt> receipt = receipts.find(turn);
        if (receipt.isPresent()) {
            return Optional.of(new CohortOutcome(true, receipt.get()));
        }
        gate.requireModel(run, turn.model());
        if (turn.round() > run.round() && run.state().hasOpenRound()) {
            throw CohortStepRules.notOpen(run, turn.round());
        }
        boolean decided = turn.round() < run.round() || CohortStepRules.isDecided(run, attempt);
        return decided ? Optional.of(new CohortOutcome(false, null)) : Optional.empty();
    }

    /** Returns whether a question about an undecided outcome refers to an attempt that another one has replaced. */
    private static boolean isReplaced(StepAcceptance.Turn turn, RunRow run) {
        return turn.round() == run.round() && turn.number() < run.extended();
    }
}
