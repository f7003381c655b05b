package io.evenkeel.coordinator.platform.background;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Repeats work while the application runs. Uses a separate {@link ThreadPoolTaskScheduler}, so that other
 * long-running work does not delay it.
 *
 * <p>Starts and stops with the application context, and can be started again. {@link FailureLog} logs
 * failures, which do not stop the repetition. Stopping waits up to {@link #stopTimeout} for current work and
 * never interrupts it, because H2 closes its file if a thread is interrupted during a write. Thread-safe.
 */
public abstract class BackgroundWork implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);

    private final String name;
    private final Duration period;
    private final FailureLog failures;
    private volatile @Nullable ThreadPoolTaskScheduler scheduler;
    private volatile CountDownLatch stopping = new CountDownLatch(0);

    /**
     * Creates work that is not yet started.
     *
     * @param name the name of the threads, and of the work in the log, such as {@code retention}
     * @param period the pause between two repetitions; 0 disables repetition, for tests
     */
    protected BackgroundWork(String name, Duration period, FailureLog failures) {
        this.name = name;
        this.period = period;
        this.failures = failures;
    }

    /** Runs the work once. */
    protected abstract void work();

    /** Returns the delay between the start and the first run, default one period. */
    protected Duration initialDelay() {
        return period;
    }

    /** Returns the number of threads, default 1; the repetitions occupy one of them. */
    protected int threads() {
        return 1;
    }

    /** Returns how long stopping waits for current work, default 1 s. */
    protected Duration stopTimeout() {
        return Duration.ofSeconds(1);
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        stopping = new CountDownLatch(1);
        ThreadPoolTaskScheduler started = newScheduler();
        scheduler = started;
        if (!period.isZero()) {
            var unused = started.scheduleWithFixedDelay(
                    this::repeat, started.getClock().instant().plus(initialDelay()), period);
        }
    }

    private void repeat() {
        if (!isStopping()) {
            work();
        }
    }

    private ThreadPoolTaskScheduler newScheduler() {
        ThreadPoolTaskScheduler created = new ThreadPoolTaskScheduler();
        created.setThreadNamePrefix(name + "-");
        created.setDaemon(true);
        created.setPoolSize(threads());
        created.setWaitForTasksToCompleteOnShutdown(true);
        created.setErrorHandler(
                failure -> failures.warn("Background work '" + name + "' failed; it will be repeated", failure));
        created.initialize();
        return created;
    }

    /**
     * Runs a task soon. Drops it if this work is not running, because a start checks everything anyway.
     *
     * @return false if the task was dropped
     */
    protected final boolean execute(Runnable task) {
        ThreadPoolTaskScheduler current = scheduler;
        try {
            if (current != null) {
                current.execute(task);
                return true;
            }
        } catch (TaskRejectedException e) {
            LOG.debug("Background work '{}' is stopping and accepts no task", name);
        }
        return false;
    }

    /**
     * Repeats a step until it returns false or the work is stopped. After each step, pauses for as long as
     * the step took, because commits of accepted messages wait while a step writes.
     */
    protected final void repeatWithRests(BooleanSupplier step) {
        try {
            long begin = System.nanoTime();
            while (step.getAsBoolean() && !stopping.await(System.nanoTime() - begin, TimeUnit.NANOSECONDS)) {
                begin = System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether {@link #stop} was called since the last start, or the work was never started. */
    protected final boolean isStopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public synchronized void stop() {
        stopping.countDown();
        ThreadPoolTaskScheduler current = scheduler;
        scheduler = null;
        if (current == null) {
            return;
        }
        ScheduledExecutorService executor = current.getScheduledExecutor();
        current.shutdown();
        try {
            if (!executor.awaitTermination(stopTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("Background work '{}' is still running; ending the process now does no harm", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }
}
