package io.evenkeel.coordinator.platform;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Locks by key, such as one for each run. A lock exists only while somebody uses it, so that what is long over takes no memory; all
 * who use a key at the same time get the same lock. Thread-safe.
 *
 * @param <L> the lock's type
 */
public final class KeyedLocks<L> {

    private final Map<Long, Entry<L>> entries = new ConcurrentHashMap<>();
    private final Supplier<L> maker;

    /** @param maker makes a lock that nobody holds */
    public KeyedLocks(Supplier<L> maker) {
        this.maker = maker;
    }

    /** A lock and how many use it, counted within {@link ConcurrentHashMap#compute} alone. */
    private static final class Entry<L> {
        private final L lock;
        private int users;

        Entry(L lock) {
            this.lock = lock;
        }
    }

    /**
     * Runs work that locks and unlocks the key's lock. The lock belongs to the key until the work ends.
     *
     * @return what the work returns
     */
    public <T> T using(long key, Function<L, T> work) {
        Entry<L> entry = enter(key);
        try {
            return work.apply(entry.lock);
        } finally {
            entries.computeIfPresent(key, (same, used) -> --used.users == 0 ? null : used);
        }
    }

    private Entry<L> enter(long key) {
        return Objects.requireNonNull(entries.compute(key, (same, used) -> {
            Entry<L> entry = used == null ? new Entry<>(maker.get()) : used;
            entry.users++;
            return entry;
        }));
    }

    /** Returns how many keys have a lock just now. */
    public int size() {
        return entries.size();
    }
}
