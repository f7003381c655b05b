package io.evenkeel.client.internal.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells a device to stop. Once given it stays given. Thread-safe. */
public final class StopSignal {

    private final CountDownLatch given = new CountDownLatch(1);

    /** Gives the signal and wakes who sleeps on it. */
    public void give() {
        given.countDown();
    }

    /** Tells whether the signal was given. */
    public boolean isGiven() {
        return given.getCount() == 0;
    }

    /**
     * Throws if the signal was given.
     *
     * @throws StoppedException if it was
     */
    public void check() {
        if (isGiven()) {
            throw new StoppedException();
        }
    }

    /** Waits for the signal, no longer than the duration; tells whether it was given. */
    public boolean await(Duration duration) throws InterruptedException {
        return given.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }
}
