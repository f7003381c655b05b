package io.evenkeel.coordinator.platform;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the bytes that many holders take together. A caller that finds too few bytes free waits for a limited time, in the
 * order of arrival. Thread-safe.
 */
public final class ByteSemaphore {

    private static final int UNIT = 1 << 10;

    private final int most;
    private final Semaphore free;

    /** @param most bytes */
    public ByteSemaphore(long most) {
        this.most = (int) Math.max(1, Math.min(Integer.MAX_VALUE, most / UNIT));
        this.free = new Semaphore(this.most, true);
    }

    /** Waits until there is any room, after earlier callers; returns whether there is. */
    public boolean awaitAny(Duration patience) {
        boolean any = acquire(1, patience);
        if (any) {
            free.release();
        }
        return any;
    }

    /** Waits for room for a number of bytes, and takes it; more than the maximum fits only alone. Returns whether there was room. */
    public boolean take(long bytes, Duration patience) {
        return acquire(units(bytes), patience);
    }

    /** Releases a number of bytes. */
    public void giveBack(long bytes) {
        free.release(units(bytes));
    }

    /** Returns how many bytes are taken, in multiples of 1,024. */
    public long taken() {
        return (long) UNIT * (most - free.availablePermits());
    }

    private int units(long bytes) {
        return (int) Math.min(most, bytes / UNIT + 1);
    }

    private boolean acquire(int units, Duration patience) {
        try {
            return free.tryAcquire(units, patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
