package io.evenkeel.client.internal.http;

import java.time.Duration;
import java.time.Instant;

/** Clocks and sleeping, replaced in tests. */
public interface Time {

    /** The system's clocks. */
    Time SYSTEM = new Time() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration, StopFlag stop) throws InterruptedException {
            if (stop.await(duration)) {
                stop.check();
            }
        }
    };

    /** Returns the wall-clock time, for comparison with dates in headers. */
    Instant now();

    /** Returns a monotonic time in nanoseconds, for deadlines. */
    long nanos();

    /**
     * Sleeps for the duration.
     *
     * @throws StoppedException as soon as the signal is given
     */
    void sleep(Duration duration, StopFlag stop) throws InterruptedException;
}
