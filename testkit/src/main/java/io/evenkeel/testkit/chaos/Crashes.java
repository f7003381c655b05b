package io.evenkeel.testkit.chaos;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The crashes and changes that await one device, in order. Its client's thread asks, others may read what was done. */
final class Crashes {

    /**
     * A crash to come.
     *
     * @param round the round it happens in, or the first one after that the device takes part in
     * @param point where in it
     */
    record Crash(int round, CrashPoint point) {}

    private final Deque<Crash> ahead;
    private final Deque<Change> changesAhead;
    private final Map<CrashPoint, Integer> done = new EnumMap<>(CrashPoint.class);
    private final List<Change> changed = new ArrayList<>();
    private int round = -1;

    Crashes(Collection<Crash> planned, Collection<Change> changes) {
        this.ahead = new ArrayDeque<>(planned);
        this.changesAhead = new ArrayDeque<>(changes);
    }

    /** The device begins a round. */
    synchronized void begin(int started) {
        round = started;
    }

    /**
     * The device has come to a point.
     *
     * @throws SimulatedCrash if this is where it dies
     */
    synchronized void reached(CrashPoint point) {
        Change change = changesAhead.peek();
        // The round is known to be open then, as it cannot close without this device's answer.
        if (change != null && point == CrashPoint.BEFORE_STAGING && change.round() <= round) {
            changesAhead.remove();
            changed.add(new Change(change.device(), change.kind(), round));
            throw new SimulatedCrash(change.kind());
        }
        Crash next = ahead.peek();
        if (next != null && next.point() == point && next.round() <= round) {
            ahead.remove();
            done.merge(point, 1, Integer::sum);
            throw new SimulatedCrash(point);
        }
    }

    /** Returns the round the device is in. */
    synchronized int round() {
        return round;
    }

    /** Returns how many crashes there have been. */
    synchronized Map<CrashPoint, Integer> done() {
        return new EnumMap<>(done);
    }

    /** Returns which changes there have been, and when. */
    synchronized List<Change> changed() {
        return List.copyOf(changed);
    }
}
