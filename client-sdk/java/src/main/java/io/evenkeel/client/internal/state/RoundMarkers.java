package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import io.evenkeel.core.secagg.CohortRules;
import org.jspecify.annotations.Nullable;

/**
 * Records a device's progress in the newest round of a run with secure aggregation. Each marker is written
 * before its message is sent. Markers outlive the run, since a lying coordinator may present the same run
 * again as a later run of the same name. Only leaving deletes them. Not thread-safe.
 *
 * <ul>
 *   <li>{@code {run}.revealed}: the last round in which it revealed shares. A device that revealed shares for
 *       two sums of one round would show the coordinator the difference of the sums.
 *   <li>{@code {run}.masked}: the last round in which it masked its message, and the number of attempts in
 *       which it did so. A lying coordinator may read one sum for each attempt.
 * </ul>
 */
public final class RoundMarkers {

    private static final int NONE = -1;

    private final StateStore store;
    private final String run;
    private int revealed;
    private Attempts masked;

    private RoundMarkers(StateStore store, String run, int revealed, Attempts masked) {
        this.store = store;
        this.run = run;
        this.revealed = revealed;
        this.masked = masked;
    }

    /** The attempts of a round in which the device masked its message. */
    private record Attempts(int round, int count) {}

    /**
     * Opens the markers of a run.
     *
     * @throws io.evenkeel.client.StateException if they are damaged
     */
    public static RoundMarkers open(StateStore store, String run) {
        @Nullable
        Integer revealed = StateFileFormat.read(store, run + ".revealed", StateFileFormat.REVEALED, in -> in.getInt());
        @Nullable
        Attempts masked = StateFileFormat.read(
                store, run + ".masked", StateFileFormat.MASKED, in -> new Attempts(in.getInt(), in.getInt()));
        return new RoundMarkers(
                store, run, revealed == null ? NONE : revealed, masked == null ? new Attempts(NONE, 0) : masked);
    }

    /** Returns the newest round in which the device masked its message or revealed, -1 if there is none. */
    public int newest() {
        return Math.max(revealed, masked.round());
    }

    /** Returns the first round in which the device takes part. */
    public int next() {
        int unmasked = masked.round() + (masked.count() >= CohortRules.MAX_MASKED_ATTEMPTS ? 1 : 0);
        return Math.max(revealed + 1, Math.max(unmasked, 0));
    }

    /**
     * Returns whether the device must not take part in further attempts of a round: it has revealed shares,
     * or has masked its message too often.
     */
    public boolean endsPartIn(int round) {
        return round < next();
    }

    /**
     * Records that the device sends a masked vector in a round.
     *
     * @throws io.evenkeel.client.StateException if it cannot be saved; nothing may be sent then
     */
    public void mask(int round) {
        Attempts next = new Attempts(round, round == masked.round() ? masked.count() + 1 : 1);
        StateFileFormat.write(store, run + ".masked", StateFileFormat.MASKED, out -> {
            out.writeInt(next.round());
            out.writeInt(next.count());
        });
        masked = next;
    }

    /**
     * Records that the device reveals shares in a round.
     *
     * @throws io.evenkeel.client.StateException if it cannot be saved; nothing may be revealed then
     */
    public void reveal(int round) {
        StateFileFormat.write(store, run + ".revealed", StateFileFormat.REVEALED, out -> out.writeInt(round));
        revealed = round;
    }
}
