package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * The number of messages that a device has let out in a private run, in the piece {@code {run}.released}, and the digest of the last if
 * it may be sent again. It is written before the message, so a crash counts one too many, never one too few. Not thread-safe.
 */
public final class ReleaseCounter {

    private final StateStore store;
    private final String name;
    private long count;
    private long last;

    private ReleaseCounter(StateStore store, String name, long count, long last) {
        this.store = store;
        this.name = name;
        this.count = count;
        this.last = last;
    }

    /**
     * Opens the counter of a run.
     *
     * @param accepted the number of messages that the coordinator has accepted: a device that lost its disk has sent at least these
     * @throws io.evenkeel.client.StateException if the counter is damaged
     */
    public static ReleaseCounter open(StateStore store, String run, long accepted) {
        String name = run + ".released";
        long @Nullable [] saved = StateFileFormat.read(
                store, name, StateFileFormat.RELEASES, in -> new long[] {in.getLong(), in.getLong()});
        return new ReleaseCounter(
                store, name, Math.max(accepted, saved == null ? 0 : saved[0]), saved == null ? 0 : saved[1]);
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
        return write(0);
    }

    /** Tells whether a message that may be sent again is counted. */
    public boolean includes(long digest) {
        return last == digest;
    }

    /**
     * Counts a message that may be sent again, once, and returns the new number.
     *
     * @param digest the message's, not 0
     * @throws io.evenkeel.client.StateException as {@link #increment()}
     */
    public long include(long digest) {
        return includes(digest) ? count : write(digest);
    }

    private long write(long digest) {
        long next = count + 1;
        StateFileFormat.write(store, name, StateFileFormat.RELEASES, out -> {
            out.writeLong(next);
            out.writeLong(digest);
        });
        count = next;
        last = digest;
        return next;
    }
}
