package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.platform.KeyedLocks;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.run.Run;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Moves runs from round to round: freezes an open round that is due, closes it, and checks the next.
 *
 * <p>Freezing is one transaction and fixes the round's messages. Closing computes the outcome, and ends in another
 * transaction. Both happen under the run's lease, while messages for all other runs are accepted. Thread-safe; one
 * thread at a time works on a run.
 */
@Component
public class RoundLifecycle {

    private final RunRepository runs;
    private final PlanCache plans;
    private final RoundFreezer freezer;
    private final RoundCloser closer;
    private final RunCaches caches;
    private final CorruptionHandler corruption;
    private final DurableTransactions transactions;
    private final KeyedLocks<ReentrantLock> locks = new KeyedLocks<>(ReentrantLock::new);

    RoundLifecycle(
            RunRepository runs,
            PlanCache plans,
            RoundFreezer freezer,
            RoundCloser closer,
            RunCaches caches,
            CorruptionHandler corruption,
            DurableTransactions transactions) {
        this.runs = runs;
        this.plans = plans;
        this.freezer = freezer;
        this.closer = closer;
        this.caches = caches;
        this.corruption = corruption;
        this.transactions = transactions;
    }

    /** Returns the keys of the runs whose open round may be due, and frees the memory of those that have none. */
    public List<Long> due() {
        return caches.keepOpen().stream().filter(this::mayBeDue).map(Run::id).toList();
    }

    private boolean mayBeDue(Run run) {
        try {
            return freezer.mayBeDue(run);
        } catch (RuntimeException e) {
            // Advancing the run fails too. That failure is reported, and does not stop other runs.
            return true;
        }
    }

    /**
     * Closes a run's round if it is due, and any following ones that are; does nothing if another coordinator has the run's lease.
     *
     * @return whether anything changed
     */
    public boolean advance(long id) {
        return locks.using(id, lock -> {
            lock.lock();
            try {
                return advanceLocked(id);
            } finally {
                lock.unlock();
            }
        });
    }

    private boolean advanceLocked(long id) {
        boolean changed = false;
        RoundFreezer.Result result = freezeIfDue(id);
        while (result.frozen() != null && close(result.frozen())) {
            changed = true;
            result = freezeIfDue(id);
        }
        return changed || result.extended();
    }

    private RoundFreezer.Result freezeIfDue(long id) {
        Run seen = transactions.read(() -> runs.findById(id)).orElse(null);
        if (seen != null && seen.lacksObjects()) {
            return RoundFreezer.Result.NONE;
        }
        if (seen != null && !seen.state().isOver()) {
            return freezer.freezeIfDue(seen);
        }
        if (seen != null) {
            freezer.abandon(seen);
        }
        caches.forget(id);
        return RoundFreezer.Result.NONE;
    }

    /**
     * Returns whether there may be more to close; false if another coordinator has advanced the run, or the upstream
     * run must do so.
     */
    private boolean close(FrozenRound frozen) {
        MDC.put("run", plans.of(frozen.run()).name());
        MDC.put("round", Integer.toString(frozen.round()));
        try {
            return closer.close(frozen);
        } catch (RoundSupersededException e) {
            caches.surrender(frozen.run());
            return false;
        } catch (CorruptionException e) {
            corruption.stop(e);
            return true;
        } finally {
            MDC.remove("run");
            MDC.remove("round");
        }
    }
}
