package io.evenkeel.pilot.chaos;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/** The crashes that await one device, in order. Its client's thread asks, others may read the counts. */
final class Crashes {

    /**
     * A crash to come.
     *
     * @param round the round it happens in, or the first one after that the device takes part in
     * @param point where in it
     */
    record Crash(int round, CrashPoint point) {}

    private final Deque<Crash> ahead;
    private final Map<CrashPoint, Integer> done = new EnumMap<>(CrashPoint.class);
    private int round = -1;

    Crashes(Collection<Crash> planned) {
        this.ahead = new ArrayDeque<>(planned);
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
        Crash next = ahead.peek();
        if (next != null && next.point() == point && next.round() <= round) {
            ahead.remove();
            done.merge(point, 1, Integer::sum);
            throw new SimulatedCrash(point);
        }
    }

    /** Returns how many there have been. */
    synchronized Map<CrashPoint, Integer> done() {
        return new EnumMap<>(done);
    }
}
