package io.evenkeel.tools;

import io.evenkeel.tools.terminal.ShutdownSequence;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Cancels a run of this process when Ctrl-C ends the process or the block that uses this object fails, unless
 * the run was released. The run's devices live in this process, so a run that is not cancelled would stay
 * open forever. Thread-safe.
 */
public final class RunCancellation implements AutoCloseable {

    private static final long GRACE_SECONDS = 60;

    private final OperatorApi operator;
    private final String run;
    private final Consumer<String> notices;
    private final AtomicBoolean settled = new AtomicBoolean();
    private final CountDownLatch exit = new CountDownLatch(1);
    private final Runnable task = this::cancelOnExit;

    /** Starts to watch for Ctrl-C. Prints to standard error whether the run was cancelled. The run must exist. */
    public static RunCancellation watch(OperatorApi operator, String run) {
        return new RunCancellation(operator, run, System.err::println);
    }

    RunCancellation(OperatorApi operator, String run, Consumer<String> notices) {
        this.operator = operator;
        this.run = run;
        this.notices = notices;
        ShutdownSequence.add(task);
    }

    /** Marks the run as over, so that it is not cancelled. */
    public void release() {
        settled.set(true);
    }

    private void cancelOnExit() {
        // Starts a new line after the terminal's ^C.
        notices.accept("");
        cancel();
    }

    /** Cancels the run once, unless it was released, and prints the result. */
    void cancel() {
        if (!settled.compareAndSet(false, true)) {
            return;
        }
        try {
            operator.cancel(run);
            notices.accept("evenkeel: cancelled run " + run + " at " + operator.address()
                    + "; its models and records stay there");
        } catch (OperatorException e) {
            notices.accept("evenkeel: run " + run + " was not cancelled: " + e.getMessage());
            notices.accept("Cancel it with: " + operator.commandFor(run, "cancel"));
        }
    }

    /** Cancels the run if it was neither released nor cancelled, and stops watching for Ctrl-C. */
    @Override
    public void close() {
        if (ShutdownSequence.remove(task)) {
            cancel();
        } else {
            awaitExit();
        }
    }

    /** Blocks while Ctrl-C ends the process, so that this thread does not report the cancellation as a failure. */
    private void awaitExit() {
        try {
            // Never counted down: the process ends first.
            var unused = exit.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
