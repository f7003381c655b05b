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
 * Deletes the rows of deleted runs, in small steps with rests between them: acceptance for other runs does not wait. After a kill the next
 * start goes on with what is left. Thread-safe; replicas take turns at the steps of a run.
 *
 * <p>A run's own row goes last, and with it the name becomes free. On a shared database that is a minute after the deletion at the earliest:
 * by then every replica has forgotten the run.
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

    /** Forgets the run that was just deleted, and begins with its rows soon. */
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
                // The others go on.
                failures.warn(
                        "What is left of the deleted run " + run.id() + " could not be deleted; it is tried again", e);
            }
        }
    }

    /** Takes one step; returns whether there may be more to do now. Waits for the next period while an export reads the run. */
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
