package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.KeyedLocks;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
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

    /** Does a step of compaction and returns its result; returns empty without doing it while the history is being read. */
    <T> Optional<T> changing(long run, Supplier<T> step) {
        return locks.using(
                run,
                lock -> lock.writeLock().tryLock() ? Optional.of(unlocking(lock.writeLock(), step)) : Optional.empty());
    }

    private static <T> T unlocking(Lock held, Supplier<T> step) {
        try {
            return step.get();
        } finally {
            held.unlock();
        }
    }
}
