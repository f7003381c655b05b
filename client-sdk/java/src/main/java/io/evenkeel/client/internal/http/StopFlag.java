package io.evenkeel.client.internal.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A signal that stops a device. Cannot be withdrawn. Thread-safe. */
public final class StopFlag {

    private final CountDownLatch given = new CountDownLatch(1);

    /** Gives the signal and wakes waiting threads. */
    public void give() {
        given.countDown();
    }

    /** Returns whether the signal was given. */
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

    /** Waits for the signal up to the duration; returns whether it was given. */
    public boolean await(Duration duration) throws InterruptedException {
        return given.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }
}
