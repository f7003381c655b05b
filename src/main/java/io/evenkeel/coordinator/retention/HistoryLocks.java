package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.KeyedLocks;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Keeps this coordinator from folding and thinning a run while somebody reads the whole of its past. Other coordinators on the same
 * database may go on; whoever reads notices, or reads from a snapshot of the database. Thread-safe.
 */
@Component
public class HistoryLocks {

    private final KeyedLocks<ReentrantReadWriteLock> locks = new KeyedLocks<>(ReentrantReadWriteLock::new);

    /** Reads while the run's past stays as it is; waits for a step of folding to end. */
    public <T> T reading(long run, Supplier<T> work) {
        return locks.using(run, lock -> {
            lock.readLock().lock();
            try {
                return work.get();
            } finally {
                lock.readLock().unlock();
            }
        });
    }

    /** Does a step that changes the past and returns what it returns; does nothing and returns false while somebody reads it. */
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
