package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.KeyedLocks;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Prevents this coordinator from compacting and pruning a run while the run's whole history is read. Other coordinators
 * on the same database may continue: a reader detects that, or reads from a snapshot of the database. Thread-safe.
 */
@Component
public class HistoryLocks {

    private final KeyedLocks<ReentrantReadWriteLock> locks = new KeyedLocks<>(ReentrantReadWriteLock::new);

    /** Waits for the current step of compaction, then runs work while no message of the run is compacted. */
    <T> T reading(long run, Supplier<T> work) {
        return reading(List.of(run), work);
    }

    /** Runs work as {@link #reading(long, Supplier)} does, for any number of runs at once. */
    <T> T reading(Collection<Long> runs, Supplier<T> work) {
        Deque<Runnable> releases = new ArrayDeque<>();
        try {
            runs.forEach(run -> releases.push(hold(run)));
            return work.get();
        } finally {
            releases.forEach(Runnable::run);
        }
    }

    private Runnable hold(long run) {
        Lock lock = locks.enter(run).readLock();
        lock.lock();
        return () -> {
            lock.unlock();
            locks.leave(run);
        };
    }

    /**
     * Runs a step of compaction or deletion and returns its result; returns empty without running it while the history is being read.
     */
    public <T> Optional<T> changing(long run, Supplier<T> step) {
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
