package io.evenkeel.coordinator.platform;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds the memory of what many hold together; who finds it full waits for some time, first come, first served. Thread-safe. */
public final class ByteSemaphore {

    private static final int UNIT = 1 << 10;

    private final int most;
    private final Semaphore free;

    /** @param most bytes */
    public ByteSemaphore(long most) {
        this.most = (int) Math.max(1, Math.min(Integer.MAX_VALUE, most / UNIT));
        this.free = new Semaphore(this.most, true);
    }

    /** Waits until there is any room, behind those who came before; returns whether there is. */
    public boolean awaitAny(Duration patience) {
        boolean any = acquire(1, patience);
        if (any) {
            free.release();
        }
        return any;
    }

    /** Waits until there is room for so many bytes, and takes it; what is larger than all has room alone. Returns whether there was. */
    public boolean take(long bytes, Duration patience) {
        return acquire(units(bytes), patience);
    }

    /** Gives back what was taken for so many bytes. */
    public void giveBack(long bytes) {
        free.release(units(bytes));
    }

    /** Returns how many bytes are taken, in units of a kilobyte. */
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
