package io.evenkeel.coordinator.platform;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps a lock for each key, such as a run. A lock exists only while it is in use, so unused keys take no
 * memory. All concurrent users of a key get the same lock. Thread-safe.
 *
 * @param <L> the lock's type
 */
public final class KeyedLocks<L> {

    private final Map<Long, Entry<L>> entries = new ConcurrentHashMap<>();
    private final Supplier<L> maker;

    /** @param maker creates a new lock */
    public KeyedLocks(Supplier<L> maker) {
        this.maker = maker;
    }

    /** A lock and the number of its users, counted only within {@link ConcurrentHashMap#compute}. */
    private static final class Entry<L> {
        private final L lock;
        private int users;

        Entry(L lock) {
            this.lock = lock;
        }
    }

    /**
     * Runs work that locks and unlocks the key's lock. The lock stays registered until the work ends.
     *
     * @return the result of the work
     */
    public <T> T using(long key, Function<L, T> work) {
        L lock = enter(key);
        try {
            return work.apply(lock);
        } finally {
            leave(key);
        }
    }

    /** Returns the key's lock. The lock stays registered until the caller calls {@link #leave}. */
    public L enter(long key) {
        return Objects.requireNonNull(entries.compute(key, (same, used) -> {
                    Entry<L> entry = used == null ? new Entry<>(maker.get()) : used;
                    entry.users++;
                    return entry;
                }))
                .lock;
    }

    /** Ends a use that began with {@link #enter}; the caller must have unlocked the lock. */
    public void leave(long key) {
        entries.computeIfPresent(key, (same, used) -> --used.users == 0 ? null : used);
    }

    /** Returns the number of keys that currently have a lock. */
    public int size() {
        return entries.size();
    }
}
