package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import org.jspecify.annotations.Nullable;

/**
 * The last round in which a device revealed shares, in the piece {@code {run}.revealed}. It is written before the shares are sent: who
 * revealed for two sums of one round could tell the coordinator what the difference of the sums is. Not thread-safe.
 */
public final class RevealMarker {

    private static final int NONE = -1;

    private final StateStore store;
    private final String name;
    private int round;

    private RevealMarker(StateStore store, String name, int round) {
        this.store = store;
        this.name = name;
        this.round = round;
    }

    /**
     * Opens the marker of a run.
     *
     * @throws io.evenkeel.client.StateException if it is damaged
     */
    public static RevealMarker open(StateStore store, String run) {
        String name = run + ".revealed";
        @Nullable Integer saved = StateFileFormat.read(store, name, StateFileFormat.REVEALED, in -> in.getInt());
        return new RevealMarker(store, name, saved == null ? NONE : saved);
    }

    /** Returns the last round, -1 if there is none. */
    public int round() {
        return round;
    }

    /**
     * Saves that the device reveals in a round.
     *
     * @throws io.evenkeel.client.StateException if it cannot be saved; nothing may be revealed then
     */
    public void reveal(int current) {
        StateFileFormat.write(store, name, StateFileFormat.REVEALED, out -> out.writeInt(current));
        round = current;
    }
}
