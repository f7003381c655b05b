package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.model.RoundChange;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.RunChain;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.draw.DrawCandidates;
import io.evenkeel.engine.round.RoundRecord;
import io.evenkeel.engine.round.RoundTally;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/** Writes a round's outcome and advances the run, in one final transaction under the run's lock. Thread-safe. */
@Component
class RoundCommit {

    private static final Logger LOG = LoggerFactory.getLogger(RoundCommit.class);

    private final RunRepository runs;
    private final RoundMembers members;
    private final RoundRecords records;
    private final RoundStorage storage;
    private final OpenRoundCache openRounds;
    private final RunRules rules;
    private final ClosedRoundFigures figures;
    private final RunChain chain;
    private final DurableTransactions transactions;

    RoundCommit(
            RunRepository runs,
            RoundMembers members,
            RoundRecords records,
            RoundStorage storage,
            OpenRoundCache openRounds,
            RunRules rules,
            ClosedRoundFigures figures,
            RunChain chain,
            DurableTransactions transactions) {
        this.runs = runs;
        this.members = members;
        this.records = records;
        this.storage = storage;
        this.openRounds = openRounds;
        this.rules = rules;
        this.figures = figures;
        this.chain = chain;
        this.transactions = transactions;
    }

    /**
     * The results of closing a round.
     *
     * @param aggregate the members and messages in the sum
     * @param scale the step taken
     * @param change the change of the model
     * @param closedAt when the messages were summed
     * @param servedBytes bytes of models, updates and replicas served while the round was open
     */
    record Outcome(
            RoundAggregation.Aggregate aggregate,
            StepScale scale,
            RoundChange change,
            Instant closedAt,
            long servedBytes) {}

    /**
     * Stores a round's update and record, and a checkpoint where one is due, and opens the next round or finishes the run.
     *
     * @param model after the step
     * @throws RoundSupersededException if the round is no longer frozen, or another coordinator has the lease
     */
    RoundRecord complete(FrozenRound frozen, ValidatedPlan plan, LiveModel model, Outcome outcome) {
        // Bytes are stored before the transaction, because messages are not accepted while the run is locked.
        RoundStorage.Written written =
                storage.write(outcome.change(), model.memory().numbers(), model);
        try {
            return commit(frozen, plan, outcome, written);
        } catch (CheckpointNeededException e) {
            return commit(frozen, plan, outcome, storage.withCheckpoint(written, model));
        }
    }

    /** Rolls back the transaction of a run's last round, which needs a checkpoint that was not due. */
    private static final class CheckpointNeededException extends RuntimeException {

        CheckpointNeededException() {
            super(null, null, false, false);
        }
    }

    private RoundRecord commit(FrozenRound frozen, ValidatedPlan plan, Outcome outcome, RoundStorage.Written written) {
        try {
            return transactions.write(() -> committed(frozen, plan, outcome, written));
        } catch (DuplicateKeyException e) {
            // Another coordinator has already stored this round's update.
            throw new RoundSupersededException(frozen);
        }
    }

    private RoundRecord committed(
            FrozenRound frozen, ValidatedPlan plan, Outcome outcome, RoundStorage.Written written) {
        long id = frozen.run();
        storage.save(id, written);
        // Read before the last transaction of closing a round: members that join in between are drawn from the
        // following round on.
        Optional<DrawCandidates> candidates = openRounds.candidates(id, frozen.round() + 1);
        Double epsilon = figures.mostSpent(id);
        Run run = runs.locked(id);
        if (!isOurs(run, frozen)) {
            throw new RoundSupersededException(frozen);
        }
        RoundRecord record = record(run, plan, outcome, epsilon);
        LossTrend trend = figures.trend(run, plan, record, outcome.aggregate());
        records.save(id, record);
        String head = chain.append(
                run,
                record.contentHash(),
                outcome.aggregate().tally().receipts(),
                written.update().digest());
        members.settleWeights(outcome.aggregate().changing());
        String inconsistent = figures.inconsistentLosses(
                run, outcome.aggregate().tally(), outcome.scale().factor());
        if (inconsistent != null) {
            run.doubtLosses(outcome.closedAt(), inconsistent);
        }
        run.completeRound(
                outcome.closedAt(),
                rules.open(run),
                rules.next(run),
                trend,
                figures.of(run, plan, record, outcome.aggregate().tally()),
                record.stationary(),
                head);
        if (run.state().hasOpenRound()) {
            openRounds.draw(run, candidates);
        }
        // It is only certain now that this round is the last.
        if (run.state() == RunState.FINISHED && written.checkpoint() == null) {
            throw new CheckpointNeededException();
        }
        return record;
    }

    /**
     * Ends a run whose model would no longer be finite; does nothing if the round has been closed, or the run has ended
     * or been taken over.
     */
    void diverge(FrozenRound frozen, Instant now, String why) {
        transactions.write(() -> {
            Run run = runs.locked(frozen.run());
            if (isOurs(run, frozen)) {
                LOG.warn("The run has failed: {}", why);
                run.diverge(now, why);
            }
        });
    }

    private static boolean isOurs(Run run, FrozenRound frozen) {
        return run.isClosing(frozen.round()) && run.isLeasedIn(frozen.epoch());
    }

    private RoundRecord record(Run run, ValidatedPlan plan, Outcome outcome, @Nullable Double epsilon) {
        RoundTally tally = outcome.aggregate().tally();
        return new RoundRecord(
                run.round(),
                Objects.requireNonNull(run.current().openedAt()),
                outcome.closedAt(),
                tally.participants(),
                openRounds.sampled(run).cardinality(),
                outcome.aggregate().members(),
                tally.uplinkBytes(),
                outcome.servedBytes(),
                tally.messages() * plan.denseBytes(),
                tally.loss(),
                outcome.scale().directionNorm(),
                outcome.scale().stepSize(plan.gamma(run.round())),
                tally.metrics(),
                tally.smoothness(),
                tally.largestSmoothness(),
                tally.normAtLargestSmoothness(),
                epsilon,
                run.current().extended(),
                outcome.scale().isStationary(),
                run.current().revision());
    }
}
