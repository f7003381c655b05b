package io.evenkeel.coordinator.testing;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The clock of rate limits: the system's, until a test stops it. Thread-safe. */
public final class LimitTime implements TimeMeter {

    private long ahead;
    private @Nullable Long stopped;

    /** Stops the clock. */
    public synchronized void stop() {
        stopped = currentTimeNanos();
    }

    /** Advances the clock. */
    public synchronized void advance(Duration by) {
        ahead += by.toNanos();
        if (stopped != null) {
            stopped += by.toNanos();
        }
    }

    /** Follows the system's clock again. */
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
