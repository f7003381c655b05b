package io.evenkeel.testkit.chaos.proxy;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Guards a recorder's data, and lets threads wait for changes. Thread-safe. */
public final class Monitor {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean ended;

    /** An action on the data. */
    @FunctionalInterface
    public interface Action {

        void run() throws InterruptedException;
    }

    /** Changes the data, and wakes waiting threads. */
    public void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Reads from the data. */
    public <T extends @Nullable Object> T read(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a condition holds; returns false after the timeout or the end. */
    public boolean await(BooleanSupplier holds, Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (!holds.getAsBoolean()) {
                if (ended || left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Runs an action if a condition holds, without changes in between; returns whether it held. */
    public boolean runIf(BooleanSupplier holds, Action action) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean runs = holds.getAsBoolean();
            if (runs) {
                action.run();
            }
            return runs;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all waits; later waits return at once. */
    public void end() {
        change(() -> ended = true);
    }

    public boolean isEnded() {
        return read(() -> ended);
    }

    /** Returns whether a thread is waiting. */
    public boolean isAwaited() {
        return read(() -> lock.hasWaiters(changed));
    }
}
