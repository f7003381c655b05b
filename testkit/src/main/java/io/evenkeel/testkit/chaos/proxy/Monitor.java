package io.evenkeel.testkit.chaos.proxy;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Guards what a recorder has recorded, and lets threads wait for changes of it. Thread-safe. */
public final class Monitor {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean ended;

    /** Does something. */
    @FunctionalInterface
    public interface Action {

        void run() throws InterruptedException;
    }

    /** Changes what is recorded, and lets waiting threads look. */
    public void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns something of what is recorded. */
    public <T extends @Nullable Object> T read(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something holds; returns false if it does not before the timeout or the end. */
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

    /** Runs an action if a condition holds, which cannot change meanwhile; returns whether it held. */
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

    /** Ends all waits, and later ones at once. */
    public void end() {
        change(() -> ended = true);
    }

    public boolean isEnded() {
        return read(() -> ended);
    }

    /** Returns whether a thread waits. */
    public boolean isAwaited() {
        return read(() -> lock.hasWaiters(changed));
    }
}
