package io.evenkeel.coordinator.testing;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The time of rate limits: that of the system, until a test stops it. Thread-safe. */
public final class LimitTime implements TimeMeter {

    private long ahead;
    private @Nullable Long stopped;

    /** Stops the time. */
    public synchronized void stop() {
        stopped = currentTimeNanos();
    }

    /** Advances the time. */
    public synchronized void advance(Duration by) {
        ahead += by.toNanos();
        if (stopped != null) {
            stopped += by.toNanos();
        }
    }

    /** Lets the time follow the system's again. */
    public synchronized void goOn() {
        stopped = null;
    }

    @Override
    public synchronized long currentTimeNanos() {
        return stopped == null ? System.nanoTime() + ahead : stopped;
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
