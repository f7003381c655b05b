package io.evenkeel.coordinator.platform.http;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs short tasks on a small number of threads, because waking a thread costs as much as such a task. Adds
 * threads only while all threads are blocked, for example by clients that do not read their responses.
 * Thread-safe.
 */
final class AdaptiveThreadPool implements Executor {

    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicBoolean watching = new AtomicBoolean();
    private final int minimum;
    private final int maximum;
    private final Executor later;
    private final ThreadPoolExecutor threads;
    private long begunBefore;

    /**
     * @param name prefix of the threads' names
     * @param minimum the normal number of threads
     * @param maximum the maximum number of threads
     * @param delay how long all threads may be blocked before more are added
     */
    AdaptiveThreadPool(String name, int minimum, int maximum, Duration delay) {
        this.minimum = Math.min(minimum, maximum);
        this.maximum = maximum;
        this.later = CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
        factory.setDaemon(true);
        this.threads = new ThreadPoolExecutor(this.minimum, this.minimum, 0, TimeUnit.SECONDS, queue, factory) {
            @Override
            protected void beforeExecute(Thread thread, Runnable work) {
                begun.incrementAndGet();
            }
        };
    }

    @Override
    public void execute(Runnable work) {
        threads.execute(work);
        watchIfNeeded();
    }

    private void watchIfNeeded() {
        if (!queue.isEmpty() && watching.compareAndSet(false, true)) {
            begunBefore = begun.get();
            later.execute(this::watch);
        }
    }

    private void watch() {
        long now = begun.get();
        if (queue.isEmpty()) {
            threads.setCorePoolSize(minimum);
            threads.setMaximumPoolSize(minimum);
            watching.set(false);
            watchIfNeeded();
            return;
        }
        if (now == begunBefore) {
            int more = Math.min(maximum, 2 * threads.getCorePoolSize());
            threads.setMaximumPoolSize(more);
            threads.setCorePoolSize(more);
        }
        begunBefore = now;
        later.execute(this::watch);
    }

    /** Returns the number of threads. */
    int count() {
        return threads.getPoolSize();
    }

    /** Stops all threads. */
    void stop() {
        threads.shutdownNow();
    }
}
