package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/**
 * Periodically deletes data of all runs that is no longer needed, in small steps: accepting messages does not wait for
 * it, and closing a round waits for at most one step.
 */
@Component
class RetentionScheduler extends BackgroundWork {

    private final RunRepository runs;
    private final DurableTransactions transactions;
    private final RunRetention retention;
    private final Leases leases;
    private final FailureLog failures;

    /** The progress of runs when nothing was left to delete, by the runs' keys. */
    private final Map<Long, Progress> settled = new HashMap<>();

    RetentionScheduler(
            RunRepository runs,
            DurableTransactions transactions,
            RunRetention retention,
            Leases leases,
            RetentionSettings settings,
            FailureLog failures) {
        super("retention", settings.every(), failures);
        this.runs = runs;
        this.transactions = transactions;
        this.retention = retention;
        this.leases = leases;
        this.failures = failures;
    }

    /** The state that must change before there can be more to delete. */
    private record Progress(RunState state, int openRound) {

        static Progress of(Run run) {
            return new Progress(run.state(), run.openRound());
        }
    }

    /** Performs all steps for all runs. */
    @Override
    protected void work() {
        for (Run run : transactions.read(runs::findAllByOrderByIdDesc)) {
            if (isStopping()) {
                return;
            }
            // Otherwise two coordinators would do the same work and wait for each other's locks.
            boolean isMine = run.state() != RunState.RUNNING || leases.isHeld(run.id());
            if (isMine && !Progress.of(run).equals(settled.get(run.id()))) {
                stepsOf(run);
            }
        }
    }

    private void stepsOf(Run run) {
        try {
            AtomicReference<RetentionStep> last = new AtomicReference<>(RetentionStep.TAKEN);
            repeatWithRests(() -> last.updateAndGet(before -> retention.step(run.id())) == RetentionStep.TAKEN);
            if (last.get() == RetentionStep.NOTHING_LEFT) {
                settled.put(run.id(), Progress.of(run));
            }
        } catch (RuntimeException e) {
            failures.warn("The history of run " + run.id() + " could not be compacted; trying again", e);
        }
    }
}
