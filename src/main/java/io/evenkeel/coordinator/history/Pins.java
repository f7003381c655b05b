package io.evenkeel.coordinator.history;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
public class Pins {

    private final Map<Long, ReentrantReadWriteLock> locks = new ConcurrentHashMap<>();

    /** Reads while the run's past stays as it is; waits for a step of folding to end. */
    public <T> T reading(long run, Supplier<T> work) {
        Lock lock = lock(run).readLock();
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Does a step that changes the past and returns what it returns; does nothing and returns false while somebody reads it. */
    boolean changing(long run, BooleanSupplier step) {
        Lock lock = lock(run).writeLock();
        if (!lock.tryLock()) {
            return false;
        }
        try {
            return step.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    private ReentrantReadWriteLock lock(long run) {
        return locks.computeIfAbsent(run, key -> new ReentrantReadWriteLock());
    }
}
