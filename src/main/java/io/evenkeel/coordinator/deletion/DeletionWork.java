package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.fleet.FleetDeletion;
import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.HistoryLocks;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.run.RunTable.DeletedRun;
import java.time.Clock;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Deletes the rows of deleted runs, in small steps with pauses between them, so that messages of other runs
 * do not wait. After a crash, it continues at the next start. Thread-safe; several replicas may run it, one
 * step of a run at a time.
 *
 * <p>A run's own row is deleted last, which frees its name. On a shared database, this happens at least a
 * minute after the deletion, when no replica caches the run any longer.
 */
@Component
class DeletionWork extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofSeconds(15);
    private static final Duration UNTIL_FORGOTTEN = Duration.ofMinutes(1);

    private final RunTable runs;
    private final DeletedRunRows rows;
    private final PlanCache plans;
    private final HistoryLocks locks;
    private final FleetDeletion fleet;
    private final DurableTransactions transactions;
    private final Duration kept;
    private final Clock clock;
    private final FailureLog failures;

    DeletionWork(
            RunTable runs,
            DeletedRunRows rows,
            PlanCache plans,
            HistoryLocks locks,
            FleetDeletion fleet,
            DurableTransactions transactions,
            Dialect dialect,
            Clock clock,
            FailureLog failures) {
        super("run-deletion", PERIOD, failures);
        this.runs = runs;
        this.rows = rows;
        this.plans = plans;
        this.locks = locks;
        this.fleet = fleet;
        this.transactions = transactions;
        this.kept = dialect.isShared() ? UNTIL_FORGOTTEN : Duration.ZERO;
        this.clock = clock;
        this.failures = failures;
    }

    /** Evicts the deleted run from the cache, and schedules the deletion of its rows. */
    void begin() {
        forget();
        execute(this::work);
    }

    private void forget() {
        plans.keepOnly(transactions.read(runs::keys));
    }

    @Override
    protected void work() {
        forget();
        for (DeletedRun run : transactions.read(runs::deleted)) {
            if (isStopping()) {
                return;
            }
            try {
                repeatWithRests(() -> step(run));
                fleet.deleteErased();
            } catch (RuntimeException e) {
                // Continue with the other runs.
                failures.warn(
                        "The remaining rows of the deleted run " + run.id() + " could not be deleted; trying again", e);
            }
        }
    }

    /**
     * Takes one step; returns whether there may be more to do now. Does nothing while an export is reading
     * the run; the next period tries again.
     */
    boolean step(DeletedRun run) {
        return locks.changing(run.id(), () -> {
                    boolean[] more = {false};
                    transactions.writeLazily(() -> more[0] = runs.lockDeleted(run.id()) && deleteSome(run));
                    return more[0];
                })
                .orElse(false);
    }

    private boolean deleteSome(DeletedRun run) {
        boolean some = rows.deleteSome(run);
        if (!some && !run.at().plus(kept).isAfter(clock.instant())) {
            rows.deleteLast(run);
        }
        return some;
    }
}
