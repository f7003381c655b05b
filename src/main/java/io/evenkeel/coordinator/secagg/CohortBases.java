package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.model.Downloads;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.core.secagg.CohortBasis;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Computes the digest of the plan and the model of each run's open round, once for all members and attempts. Must not
 * be called in a transaction, because it may have to rebuild the model. Thread-safe.
 */
@Component
class CohortBases {

    private static final int NONE = -1;

    private final RunTable runs;
    private final Downloads downloads;
    private final DurableTransactions transactions;
    private final Map<Long, Slot> slots = new ConcurrentHashMap<>();

    CohortBases(RunTable runs, Downloads downloads, DurableTransactions transactions) {
        this.runs = runs;
        this.downloads = downloads;
        this.transactions = transactions;
    }

    /** A run's newest digest, guarded by this object's lock. */
    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();
        int round = NONE;

        @Nullable
        CohortBasis basis;
    }

    /** Returns the digest of a round; empty unless it is the newest one, so that no request rebuilds an old model. */
    Optional<CohortBasis> ofOpen(PlanCache.Known run, int round) {
        boolean isOpen = transactions.read(() ->
                runs.started(run.run()).filter(row -> row.round() == round).isPresent());
        return isOpen ? Optional.of(of(run, round)) : Optional.empty();
    }

    /**
     * Returns the digest of a round.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code model-not-kept}, {@code storage-damaged},
     *     {@code insufficient-memory}
     */
    CohortBasis of(PlanCache.Known run, int round) {
        Slot slot = slots.computeIfAbsent(run.run(), key -> new Slot());
        slot.lock.lock();
        try {
            CohortBasis known = slot.basis;
            if (known != null && slot.round == round) {
                return known;
            }
            CohortBasis basis =
                    CohortBasis.of(run.plan().cohortPlan(), out -> downloads.writeDevicesModel(run, round, out));
            slot.round = round;
            slot.basis = basis;
            return basis;
        } finally {
            slot.lock.unlock();
        }
    }

    /** Drops the digest of a run that is over. */
    void forget(long run) {
        slots.remove(run);
    }
}
