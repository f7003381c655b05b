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
 * Does short work on few threads, since to wake a thread costs as much as such work does; and on more only if those all stand still, as
 * when they write to callers who do not read. Thread-safe.
 */
final class AdaptiveThreadPool implements Executor {

    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicBoolean watching = new AtomicBoolean();
    private final int few;
    private final int most;
    private final Executor later;
    private final ThreadPoolExecutor threads;
    private long begunBefore;

    /**
     * @param name what the threads' names begin with
     * @param few how many there are as a rule
     * @param most how many there may be
     * @param patience how long all may stand still
     */
    AdaptiveThreadPool(String name, int few, int most, Duration patience) {
        this.few = Math.min(few, most);
        this.most = most;
        this.later = CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
        CustomizableThreadFactory factory = new CustomizableThreadFactory(name);
        factory.setDaemon(true);
        this.threads = new ThreadPoolExecutor(this.few, this.few, 0, TimeUnit.SECONDS, queue, factory) {
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
            threads.setCorePoolSize(few);
            threads.setMaximumPoolSize(few);
            watching.set(false);
            watchIfNeeded();
            return;
        }
        if (now == begunBefore) {
            int more = Math.min(most, 2 * threads.getCorePoolSize());
            threads.setMaximumPoolSize(more);
            threads.setCorePoolSize(more);
        }
        begunBefore = now;
        later.execute(this::watch);
    }

    /** Returns how many there are. */
    int count() {
        return threads.getPoolSize();
    }

    /** Ends them. */
    void stop() {
        threads.shutdownNow();
    }
}
