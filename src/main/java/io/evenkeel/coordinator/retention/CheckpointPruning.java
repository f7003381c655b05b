package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.engine.retention.RetentionRules;
import io.evenkeel.engine.run.Run;
import org.springframework.stereotype.Component;

/**
 * Deletes old checkpoints and updates, as {@link RetentionRules#states} plans. Creates the checkpoint of the round with
 * the best losses before it deletes the data from which its model is computed. Thread-safe.
 */
@Component
class CheckpointPruning {

    private final Checkpoints checkpoints;
    private final Updates updates;
    private final Models models;
    private final LossTrends trends;
    private final DurableTransactions transactions;
    private final RetentionRules rules;

    CheckpointPruning(
            Checkpoints checkpoints,
            Updates updates,
            Models models,
            LossTrends trends,
            DurableTransactions transactions,
            RetentionSettings settings) {
        this.checkpoints = checkpoints;
        this.updates = updates;
        this.models = models;
        this.trends = trends;
        this.transactions = transactions;
        this.rules = settings.rules();
    }

    /** Performs one step for a run; returns whether there may be more to do. */
    boolean step(Run run) {
        long id = run.id();
        RetentionRules.States plan = transactions.read(() -> rules.states(
                checkpoints.rounds(id), updates.oldest(id), trends.of(id).bestRound(), run.round()));
        plan.saved().ifPresent(round -> models.saveCheckpoint(id, round));
        if (plan.isEmpty()) {
            return false;
        }
        transactions.write(() -> {
            plan.updatesBefore().ifPresent(round -> updates.deleteBefore(id, round));
            if (!plan.checkpoints().isEmpty()) {
                checkpoints.delete(id, plan.checkpoints());
            }
        });
        return true;
    }
}
