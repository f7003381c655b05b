package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import org.springframework.stereotype.Component;

/** Compacts and folds a run's messages, and prunes its checkpoints and updates, one small step at a time. Thread-safe. */
@Component
public class RunRetention {

    private final RunRepository runs;
    private final PlanCache plans;
    private final MessageCompaction compaction;
    private final CheckpointPruning pruning;
    private final CohortPruning cohorts;
    private final MessageFolding folding;
    private final HistoryLocks locks;
    private final CorruptionHandler corruption;
    private final DurableTransactions transactions;

    RunRetention(
            RunRepository runs,
            PlanCache plans,
            MessageCompaction compaction,
            CheckpointPruning pruning,
            CohortPruning cohorts,
            MessageFolding folding,
            HistoryLocks locks,
            CorruptionHandler corruption,
            DurableTransactions transactions) {
        this.runs = runs;
        this.plans = plans;
        this.compaction = compaction;
        this.pruning = pruning;
        this.cohorts = cohorts;
        this.folding = folding;
        this.locks = locks;
        this.corruption = corruption;
        this.transactions = transactions;
    }

    /**
     * Performs the next step of each kind of work for a run; postpones it while an export or a verification reads the
     * run's history.
     */
    public RetentionStep step(long id) {
        return locks.changing(id, () -> corruption.stopping(() -> stepOf(id))).orElse(RetentionStep.POSTPONED);
    }

    private RetentionStep stepOf(long id) {
        Run run = transactions.read(() -> runs.findById(id)).orElse(null);
        if (run == null) {
            // The run was deleted.
            return RetentionStep.NOTHING_LEFT;
        }
        if (run.state() == RunState.CREATED) {
            return RetentionStep.NOTHING_LEFT;
        }
        ValidatedPlan plan = plans.of(run);
        // All kinds of work take turns: compacting a large fleet takes minutes, and a coordinator may not run that
        // long.
        boolean compacted = compaction.step(run, plan);
        boolean pruned = pruning.step(run);
        boolean dropped = cohorts.step(run, plan);
        // If no sum persists, folding requires that the payloads of all closed rounds have been dropped.
        boolean folded = (plan.retainsSum() || !compacted) && folding.step(run, plan);
        boolean taken = compacted || pruned || dropped || folded;
        return taken ? RetentionStep.TAKEN : RetentionStep.NOTHING_LEFT;
    }
}
