package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.engine.run.Run;
import java.util.List;
import java.util.OptionalInt;
import org.springframework.stereotype.Component;

/**
 * Deletes old checkpoints and updates. Keeps the newest checkpoints, those of every n-th round, and one of the round
 * with the best losses. Creates that one before it deletes the data from which the model is computed. Keeps the updates
 * since the oldest of the newest checkpoints, and those of the newest rounds, with which devices update their replicas.
 * Thread-safe.
 */
@Component
class CheckpointPruning {

    private static final int ROUNDS_A_STEP = 100;
    private static final int CHECKPOINTS_A_STEP = 10;

    private final Checkpoints checkpoints;
    private final Updates updates;
    private final Models models;
    private final LossTrends trends;
    private final DurableTransactions transactions;
    private final RetentionSettings settings;

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
        this.settings = settings;
    }

    /** Performs one step for a run; returns whether there may be more to do. */
    boolean step(Run run) {
        OptionalInt floor = floor(run.id());
        if (floor.isEmpty()) {
            return false;
        }
        int best = transactions.read(() -> trends.of(run.id())).bestRound();
        if (best >= 0 && best < floor.getAsInt()) {
            models.saveCheckpoint(run.id(), best);
        }
        return dropUpdates(run.id(), Math.min(floor.getAsInt(), run.round() - settings.updates()))
                || dropCheckpoints(run.id(), floor.getAsInt(), best);
    }

    /** Returns the oldest round whose model and all later ones are kept; empty if nothing can be deleted. */
    private OptionalInt floor(long run) {
        List<Integer> newest = checkpoints.newestRounds(run, settings.checkpoints());
        return newest.size() < settings.checkpoints()
                ? OptionalInt.empty()
                : OptionalInt.of(newest.get(newest.size() - 1));
    }

    private boolean dropUpdates(long run, int floor) {
        OptionalInt oldest = updates.oldest(run);
        if (oldest.isEmpty() || oldest.getAsInt() >= floor) {
            return false;
        }
        transactions.write(() -> updates.deleteBefore(run, Math.min(floor, oldest.getAsInt() + ROUNDS_A_STEP)));
        return true;
    }

    private boolean dropCheckpoints(long run, int floor, int best) {
        List<Integer> superfluous =
                checkpoints.roundsBefore(run, floor, settings.modelsEvery(), best, CHECKPOINTS_A_STEP);
        if (superfluous.isEmpty()) {
            return false;
        }
        transactions.write(() -> checkpoints.delete(run, superfluous));
        return true;
    }
}
