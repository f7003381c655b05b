package io.evenkeel.coordinator.checkin;

import java.time.Duration;
import java.time.Instant;

/**
 * Since when a device must have been seen to count as active: a window before now. Devices cannot be seen during an outage and come back
 * after it, so the window does not move while no device checks in, nor for its own length afterwards. Not thread-safe.
 */
final class ActivityWindow {

    /** The window's length at the start of the process, whose downtime is unknown. */
    static final Duration BEFORE_START = Duration.ofDays(1);

    /** A shorter time without a check-in is none: a few devices leave such gaps. */
    static final Duration OUTAGE = Duration.ofMinutes(5);

    private Instant held;
    private Instant resumed;
    private Instant busy;

    ActivityWindow(Instant start) {
        held = start.minus(BEFORE_START);
        resumed = start;
        busy = start;
    }

    /**
     * Returns the beginning of the window.
     *
     * @param now not before that of the last call
     * @param anybody whether a device has checked in since the last call
     * @param length within which each active device checks in
     */
    Instant since(Instant now, boolean anybody, Duration length) {
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
