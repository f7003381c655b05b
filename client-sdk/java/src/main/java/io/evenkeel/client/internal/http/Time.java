package io.evenkeel.client.internal.http;

import java.time.Duration;
import java.time.Instant;

/** The passing of time, so that tests need not wait for it. */
public interface Time {

    /** The machine's clocks. */
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
        public void sleep(Duration duration, StopSignal stop) throws InterruptedException {
            if (stop.await(duration)) {
                stop.check();
            }
        }
    };

    /** Returns the wall clock's time, which dates in headers are compared with. */
    Instant now();

    /** Returns a count of nanoseconds that never jumps, for deadlines. */
    long nanos();

    /**
     * Lets the duration pass.
     *
     * @throws StoppedException as soon as the signal is given
     */
    void sleep(Duration duration, StopSignal stop) throws InterruptedException;
}
