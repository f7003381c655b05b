package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.run.Run;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/**
 * Periodically deletes data of all runs that need not be kept, in small steps: accepting messages does not wait for it,
 * and closing a round waits for at most one step.
 */
@Component
class RetentionScheduler extends BackgroundWork {

    private final RunRepository runs;
    private final DurableTransactions transactions;
    private final RunRetention retention;
    private final FailureLog failures;

    /** Runs that are over and have nothing left to delete. */
    private final Set<Long> settled = new HashSet<>();

    RetentionScheduler(
            RunRepository runs,
            DurableTransactions transactions,
            RunRetention retention,
            RetentionSettings settings,
            FailureLog failures) {
        super("retention", settings.every(), failures);
        this.runs = runs;
        this.transactions = transactions;
        this.retention = retention;
        this.failures = failures;
    }

    /** Takes all steps for all runs. */
    @Override
    protected void work() {
        for (Run run : transactions.read(runs::findAllByOrderByIdDesc)) {
            if (isStopping()) {
                return;
            }
            if (!settled.contains(run.id())) {
                stepsOf(run);
            }
        }
    }

    private void stepsOf(Run run) {
        try {
            AtomicReference<RetentionStep> last = new AtomicReference<>(RetentionStep.TAKEN);
            repeatWithRests(() -> last.updateAndGet(before -> retention.step(run.id())) == RetentionStep.TAKEN);
            if (run.state().isOver() && last.get() == RetentionStep.NOTHING_LEFT) {
                settled.add(run.id());
            }
        } catch (RuntimeException e) {
            failures.warn("The history of run " + run.id() + " could not be compacted; it is tried again", e);
        }
    }
}
