package io.evenkeel.trial.fleet;

import io.evenkeel.engine.checkin.ActivityWindow;
import io.evenkeel.engine.checkin.PaceSteering;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * Counts the active devices of a simulated fleet once a minute, as the coordinator does, for the pace of check-ins.
 * Devices are counted by the minute in which they were last seen, so that a count does not iterate over all devices.
 * Not thread-safe.
 */
final class SimulatedPace {

    /** The default of the coordinator's {@code evenkeel.work.count-every}, in milliseconds. */
    static final long COUNT_EVERY = 60_000;

    /** The default of the coordinator's {@code evenkeel.work.longest-pause}. */
    static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private static final int UNSEEN = -1;

    private final double goal;
    private final double admittedShare;
    private final ActivityWindow window = new ActivityWindow(Instant.EPOCH);
    private final int[] lastSeen;
    private int[] seen = new int[1024];
    private double active;
    private int recent;
    private int minute;

    /**
     * Creates the count for a fleet, with no devices seen yet.
     *
     * @param goal the target rate in check-ins per second
     * @param admittedShare the share of the devices that the run admits
     */
    SimulatedPace(int devices, double goal, double admittedShare) {
        this.goal = goal;
        this.admittedShare = admittedShare;
        lastSeen = new int[devices];
        Arrays.fill(lastSeen, UNSEEN);
    }

    /** Counts a device that checks in. */
    void seen(int device) {
        int before = lastSeen[device];
        if (before == minute) {
            return;
        }
        if (before != UNSEEN) {
            seen[before]--;
        }
        seen[minute]++;
        lastSeen[device] = minute;
        recent++;
    }

    /**
     * Recounts the active devices at a time in milliseconds, a multiple of {@link #COUNT_EVERY} that
     * increases with each call.
     */
    void count(long time) {
        boolean anybody = recent > 0;
        recent = 0;
        Instant since =
                window.since(Instant.EPOCH.plusMillis(time), anybody, steering().activityWindow(LONGEST_PAUSE));
        long from = Math.max(0, Math.floorDiv(since.toEpochMilli(), COUNT_EVERY));
        active = 0;
        for (int i = (int) Math.min(from, minute + 1L); i <= minute; i++) {
            active += seen[i];
        }
        minute = (int) (time / COUNT_EVERY);
        if (minute >= seen.length) {
            seen = Arrays.copyOf(seen, 2 * seen.length);
        }
    }

    /** Returns the rule for the latest count of the fleet. */
    PaceSteering steering() {
        return PaceSteering.of(goal, active, active * admittedShare, recent);
    }

    /**
     * Returns whether more devices have checked in since the last count than it found active, so that each
     * further device changes the pace.
     */
    boolean isGrowing() {
        return recent > active;
    }

    /** Returns the number of active devices that the run admits. */
    double admitted() {
        return active * admittedShare;
    }
}
