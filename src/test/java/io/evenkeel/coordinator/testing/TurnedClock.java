package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.platform.time.ElapsedTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test advances it; it also measures the elapsed time. Thread-safe. */
public final class TurnedClock extends Clock implements ElapsedTime {

    /** The initial time. */
    public static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private volatile Instant now = START;

    private volatile Duration passed = Duration.ZERO;

    /** Advances the time. */
    public synchronized void advance(Duration by) {
        now = now.plus(by);
        passed = passed.plus(by);
    }

    /** Shifts the clock, backwards if the difference is negative, without advancing the elapsed time. */
    public synchronized void jump(Duration by) {
        now = now.plus(by);
    }

    @Override
    public long nanos() {
        return passed.toNanos();
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("everything here is in UTC");
    }
}
