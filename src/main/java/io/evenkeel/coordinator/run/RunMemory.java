package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.run.RunFootprint.megabytes;

import io.evenkeel.coordinator.platform.KeyedLocks;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.core.heap.HeapBudget.Share;
import io.evenkeel.core.heap.RunHeap;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Distributes the heap's share for models among the runs. An active run keeps the memory for its model and the work on
 * it. Work on any other run reserves that memory until the work ends. A request that does not fit is refused before
 * anything is allocated.
 *
 * <p>{@link RunHeap} says how much a run needs. Thread-safe.
 */
@Component
public class RunMemory implements MeterBinder {

    private static final long NOT_KEPT = 0;

    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final HeapBudget budget;
    private final RunFootprint footprint;
    private final KeyedLocks<ReentrantLock> working = new KeyedLocks<>(ReentrantLock::new);
    private final Map<Long, Use> uses = new HashMap<>();
    private ReclaimableCache cache = ReclaimableCache.NONE;
    private long borrowed;
    private long stamps;

    RunMemory(HeapBudget budget, Dialect dialect) {
        this.budget = budget;
        this.footprint = new RunFootprint(budget, dialect);
    }

    /** Lends the remaining memory to a cache until a run needs it. */
    public synchronized void lendTo(ReclaimableCache other) {
        cache = other;
    }

    /** Lets the cache keep an entry if enough bytes are free now; the entry does not count as reserved. */
    public synchronized void offer(long bytes, Runnable keep) {
        if (bytes <= left() - cache.bytes()) {
            keep.run();
        }
    }

    private void reclaim(long bytes) {
        if (bytes > left() - cache.bytes()) {
            cache.clear();
        }
    }

    /** A run's part of the share. Guarded by the outer object. */
    private static final class Use {
        private final long bytes;
        private long keptSince = NOT_KEPT;
        private int works;

        Use(long bytes) {
            this.bytes = bytes;
        }
    }

    /** Returns the bytes that an active run takes. */
    public long need(ValidatedPlan plan) {
        return footprint.of(plan).total();
    }

    /** Returns the bytes of a model that is rebuilt in addition to the newest one. */
    public long older(ValidatedPlan plan) {
        return footprint.of(plan).older();
    }

    /** Returns the bytes that reading a run's history takes in addition to its model. */
    public long history(ValidatedPlan plan) {
        return footprint.of(plan).history();
    }

    /** Returns the bytes that an import of a run takes: a checkpoint as a record, and its decoded values. */
    public long importing(ValidatedPlan plan) {
        return Math.max(history(plan), 2 * checkpoint(plan));
    }

    /** Returns the bytes of a checkpoint's vectors. */
    public long checkpoint(ValidatedPlan plan) {
        return footprint.of(plan).checkpoint();
    }

    /**
     * Checks that a run and its messages fit into the remaining memory, its checkpoints into an array, and its messages
     * into a row of the database.
     *
     * @throws ProblemException {@code insufficient-memory}, {@code invalid} with the field {@code dimension} or {@code compressor}
     */
    public void requireRoom(ValidatedPlan plan) {
        footprint.requireFit(plan);
        synchronized (this) {
            if (need(plan) > left()) {
                throw refusal("run '" + plan.name() + "'", need(plan));
            }
        }
    }

    /**
     * Reserves a run's memory until {@link #release}; does nothing if it is already reserved.
     *
     * @throws ProblemException {@code insufficient-memory}
     */
    public void keep(long run, ValidatedPlan plan) {
        try (Reservation taking = taking(run, plan)) {
            taking.take();
            taking.keep();
        }
    }

    /** Prepares a reservation of a run's memory, without reserving anything yet. */
    public Reservation taking(long run, ValidatedPlan plan) {
        return new Reservation(run, plan);
    }

    /**
     * A provisional reservation of a run's memory, released by {@code close} unless {@link #keep} was called. For one
     * thread.
     */
    public final class Reservation implements AutoCloseable {

        private final long run;
        private final ValidatedPlan plan;
        private boolean taken;

        private Reservation(long run, ValidatedPlan plan) {
            this.run = run;
            this.plan = plan;
        }

        /**
         * Reserves the memory.
         *
         * @throws ProblemException {@code insufficient-memory}
         */
        public void take() {
            enter(run, plan);
            taken = true;
        }

        /** Keeps the reservation; must be called once the database says that the run is active. */
        public void keep() {
            synchronized (RunMemory.this) {
                use(run, plan).keptSince = ++stamps;
            }
        }

        @Override
        public void close() {
            if (taken) {
                leave(run);
            }
        }
    }

    /** Returns whether a run's memory is kept. */
    public synchronized boolean isKept(long run) {
        Use use = uses.get(run);
        return use != null && use.keptSince != NOT_KEPT;
    }

    /** Returns the runs that keep their memory, each with a stamp for {@link #release(long, long)}. */
    public synchronized Map<Long, Long> kept() {
        Map<Long, Long> kept = new HashMap<>();
        uses.forEach((run, use) -> {
            if (use.keptSince != NOT_KEPT) {
                kept.put(run, use.keptSince);
            }
        });
        return kept;
    }

    /** Releases a run's memory, once the work on it is over. */
    public synchronized void release(long run) {
        Use use = uses.get(run);
        if (use != null) {
            use.keptSince = NOT_KEPT;
            settle(run, use);
        }
    }

    /** Releases a run's memory, unless it was reserved again after the stamp was issued. */
    public synchronized void release(long run, long stamp) {
        Use use = uses.get(run);
        if (use != null && use.keptSince == stamp) {
            release(run);
        }
    }

    /**
     * Runs work within a run's memory, one thread at a time for each run; memory that the run does not keep is reserved
     * for the duration. Work may call this again for its own run. Must not be called while holding a database lock that
     * the work of another thread may wait for.
     *
     * @throws ProblemException {@code insufficient-memory}, if the run does not keep its memory and there is not enough left
     */
    public <T> T working(long run, ValidatedPlan plan, Supplier<T> work) {
        return working.using(run, lock -> {
            lock.lock();
            try {
                enter(run, plan);
                try {
                    return work.get();
                } finally {
                    leave(run);
                }
            } finally {
                lock.unlock();
            }
        });
    }

    /**
     * Runs work in addition to a run's own, such as an export that continues while rounds are closed.
     *
     * @param what the name of the work, for the refusal
     * @param bytes the memory that it needs
     * @throws ProblemException {@code insufficient-memory}
     */
    public <T> T borrowing(String what, long bytes, Supplier<T> work) {
        synchronized (this) {
            if (bytes > left()) {
                throw refusal(what, bytes).retryAfter(PAUSE);
            }
            reclaim(bytes);
            borrowed += bytes;
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                borrowed -= bytes;
            }
        }
    }

    /** Returns the reserved bytes. */
    public synchronized long taken() {
        return borrowed + uses.values().stream().mapToLong(use -> use.bytes).sum();
    }

    private long left() {
        return budget.of(Share.MODELS) - taken();
    }

    private synchronized void enter(long run, ValidatedPlan plan) {
        use(run, plan).works++;
    }

    private synchronized void leave(long run) {
        Use use = uses.get(run);
        if (use != null) {
            use.works--;
            settle(run, use);
        }
    }

    private Use use(long run, ValidatedPlan plan) {
        Use use = uses.get(run);
        if (use == null) {
            long bytes = need(plan);
            if (bytes > left()) {
                throw refusal("run '" + plan.name() + "'", bytes).retryAfter(PAUSE);
            }
            reclaim(bytes);
            use = new Use(bytes);
            uses.put(run, use);
        }
        return use;
    }

    private void settle(long run, Use use) {
        if (use.keptSince == NOT_KEPT && use.works == 0) {
            uses.remove(run);
        }
    }

    private ProblemException refusal(String what, long bytes) {
        long share = budget.of(Share.MODELS);
        long enough = megabytes(budget.heapFor(Share.MODELS, taken() + bytes));
        return ProblemKind.INSUFFICIENT_MEMORY
                .because(
                        what + " needs " + megabytes(bytes) + " MB of memory, but " + megabytes(Math.max(0, left()))
                                + " MB are left: of the heap of " + megabytes(budget.heap()) + " MB, "
                                + megabytes(share)
                                + " MB are reserved for models, and " + megabytes(taken()) + " MB of these are in use",
                        bytes > share
                                ? "start the coordinator with a larger heap (-Xmx" + enough
                                        + "m), or choose a smaller dimension or a compressor that sends fewer values;"
                                        + " docs/memory.md says what a run needs"
                                : "wait until another run is finished, or pause or cancel one;"
                                        + " or start the coordinator with a larger heap (-Xmx" + enough + "m)")
                .with("neededBytes", bytes)
                .with("leftBytes", Math.max(0, left()))
                .with("heapBytes", budget.heap());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.models.memory", this, RunMemory::taken)
                .baseUnit(BaseUnits.BYTES)
                .description("Reserved bytes of the share models of the heap")
                .register(registry);
    }
}
