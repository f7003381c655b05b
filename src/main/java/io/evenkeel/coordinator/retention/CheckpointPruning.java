package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.Run;
import java.util.List;
import java.util.OptionalInt;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Drops old checkpoints and updates: of checkpoints the newest few and those of round numbers worth keeping stay, of updates those
 * since the oldest of the newest few, and those that devices' replicas may be behind by. Thread-safe.
 */
@Component
class CheckpointPruning {

    private static final int ROUNDS_A_STEP = 100;
    private static final int CHECKPOINTS_A_STEP = 10;

    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private final RetentionSettings settings;

    CheckpointPruning(JdbcClient jdbc, DurableTransactions transactions, RetentionSettings settings) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.settings = settings;
    }

    /** Takes one step for a run; returns whether there may be more to do. */
    boolean step(Run run) {
        OptionalInt floor = floor(run.id());
        return floor.isPresent()
                && (dropUpdates(run.id(), Math.min(floor.getAsInt(), run.round() - settings.updates()))
                        || dropCheckpoints(run.id(), floor.getAsInt()));
    }

    /** The oldest round from which on every model is kept. */
    private OptionalInt floor(long run) {
        List<Integer> newest = jdbc.sql("SELECT round_number FROM checkpoint WHERE run_id = ?"
                        + " ORDER BY round_number DESC FETCH FIRST ? ROWS ONLY")
                .params(run, settings.checkpoints())
                .query(Integer.class)
                .list();
        return newest.size() < settings.checkpoints()
                ? OptionalInt.empty()
                : OptionalInt.of(newest.get(newest.size() - 1));
    }

    private boolean dropUpdates(long run, int floor) {
        Integer oldest = jdbc.sql("SELECT MIN(round_number) FROM round_update WHERE run_id = ?")
                .param(run)
                .query((row, i) -> (Integer) row.getObject(1))
                .list()
                .get(0);
        if (oldest == null || oldest >= floor) {
            return false;
        }
        transactions.write(() -> {
            jdbc.sql("DELETE FROM round_update WHERE run_id = ? AND round_number < ?")
                    .params(run, Math.min(floor, oldest + ROUNDS_A_STEP))
                    .update();
        });
        return true;
    }

    private boolean dropCheckpoints(long run, int floor) {
        List<Integer> superfluous = jdbc.sql("SELECT round_number FROM checkpoint WHERE run_id = ? AND round_number < ?"
                        + " AND MOD(round_number, ?) <> 0 ORDER BY round_number FETCH FIRST ? ROWS ONLY")
                .params(run, floor, settings.modelsEvery(), CHECKPOINTS_A_STEP)
                .query(Integer.class)
                .list();
        if (superfluous.isEmpty()) {
            return false;
        }
        transactions.write(() -> {
            jdbc.sql("DELETE FROM checkpoint WHERE run_id = :run AND round_number IN (:rounds)")
                    .param("run", run)
                    .param("rounds", superfluous)
                    .update();
        });
        return true;
    }
}
