package io.evenkeel.engine.checkin;

import java.time.Duration;
import java.time.Instant;

/**
 * Computes the time since which a device must have been seen to count as active. No device can check in during an
 * outage. So the start of the window stays the same while no device checks in, and for the length of the window
 * afterwards. Not thread-safe.
 */
public final class ActivityWindow {

    /** The window's length at the start of the process, since the downtime before it is unknown. */
    static final Duration BEFORE_START = Duration.ofDays(1);

    /** Shorter gaps between check-ins do not count as an outage: they are normal with few devices. */
    static final Duration OUTAGE = Duration.ofMinutes(5);

    private Instant held;
    private Instant resumed;
    private Instant busy;

    /** Begins the window at the start of the process. */
    public ActivityWindow(Instant start) {
        held = start.minus(BEFORE_START);
        resumed = start;
        busy = start;
    }

    /**
     * Returns the beginning of the window.
     *
     * @param now at least the previous call's value
     * @param anybody whether a device has checked in since the last call
     * @param length the time within which each active device checks in
     */
    public Instant since(Instant now, boolean anybody, Duration length) {
        boolean isHeld = resumed.plus(length).isAfter(now);
        if (!anybody && !busy.plus(OUTAGE).isAfter(now)) {
            if (!isHeld) {
                held = busy.minus(length);
            }
            resumed = now;
            return held;
        }
        if (anybody) {
            busy = now;
        }
        return isHeld ? held : now.minus(length);
    }
}
