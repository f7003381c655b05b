package io.evenkeel.client;

import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that advances only during sleeps. */
public final class FakeTime implements Time {

    private final List<Duration> sleeps = new ArrayList<>();
    private long nanos;

    @Override
    public Instant now() {
        return Instant.parse("2026-01-31T12:00:00Z").plusNanos(nanos);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void sleep(Duration duration, StopFlag stop) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        stop.check();
        sleeps.add(duration);
        nanos += duration.toNanos();
    }

    /** Returns the duration of each sleep. */
    public List<Duration> sleeps() {
        return sleeps;
    }
}
