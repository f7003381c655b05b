package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * The number of messages that a device has let out in a private run, in the piece {@code {run}.released}. It is written before the
 * message, so a crash counts one too many, never one too few. Not thread-safe.
 */
public final class ReleaseCounter {

    private final StateStore store;
    private final String name;
    private long count;

    private ReleaseCounter(StateStore store, String name, long count) {
        this.store = store;
        this.name = name;
        this.count = count;
    }

    /**
     * Opens the counter of a run.
     *
     * @param accepted the number of messages that the coordinator has accepted: a device that lost its disk has sent at least these
     * @throws io.evenkeel.client.StateException if the counter is damaged
     */
    public static ReleaseCounter open(StateStore store, String run, long accepted) {
        String name = run + ".released";
        @Nullable Long saved = StateFileFormat.read(store, name, StateFileFormat.RELEASES, in -> in.getLong());
        return new ReleaseCounter(store, name, Math.max(accepted, saved == null ? 0 : saved));
    }

    /** Returns the number of messages. */
    public long count() {
        return count;
    }

    /**
     * Counts a message and returns the new number.
     *
     * @throws io.evenkeel.client.StateException if it cannot be saved; the message must not be sent then
     */
    public long increment() {
        long next = count + 1;
        StateFileFormat.write(store, name, StateFileFormat.RELEASES, out -> out.writeLong(next));
        count = next;
        return next;
    }
}
