package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.KeyedLocks;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Keeps this coordinator from compacting and pruning a run while the run's whole history is read. Other coordinators on the same
 * database may go on: a reader notices it, or reads from a snapshot of the database. Thread-safe.
 */
@Component
class HistoryLocks {

    private final KeyedLocks<ReentrantReadWriteLock> locks = new KeyedLocks<>(ReentrantReadWriteLock::new);

    /** Does work while no message of the run is compacted; first waits for a step of compaction to end. */
    <T> T reading(long run, Supplier<T> work) {
        return locks.using(run, lock -> {
            lock.readLock().lock();
            try {
                return work.get();
            } finally {
                lock.readLock().unlock();
            }
        });
    }

    /** Does a step of compaction and returns its result; returns false without doing it while the history is being read. */
    boolean changing(long run, BooleanSupplier step) {
        return locks.using(run, lock -> lock.writeLock().tryLock() && unlocking(lock.writeLock(), step));
    }

    private static boolean unlocking(Lock held, BooleanSupplier step) {
        try {
            return step.getAsBoolean();
        } finally {
            held.unlock();
        }
    }
}
