package io.evenkeel.client.internal.device;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.StoppedException;
import java.util.EnumMap;
import java.util.Map;

/**
 * Allows one thread to train while another refreshes followed models, and releases the client's resources
 * after {@link #close} as soon as no thread uses them. Thread-safe.
 */
public final class ClientTurns {

    private enum Use {
        TRAINING,
        FOLLOWING
    }

    /** An operation of the client. */
    public interface Work<T> {

        T run() throws InterruptedException;
    }

    private static final String STOPPED =
            "the client is stopped: build a new one, which continues from the saved state";

    private final StopFlag stop;
    private final Runnable release;
    private final Map<Use, Thread> users = new EnumMap<>(Use.class);
    private boolean closing;
    private boolean closed;
    private boolean stopped;

    /**
     * @param stop stops the threads; the first call that is affected returns as stopped, and later ones are refused
     * @param release releases the resources
     */
    public ClientTurns(StopFlag stop, Runnable release) {
        this.stop = stop;
        this.release = release;
    }

    /**
     * Runs an operation other than refreshing a followed model.
     *
     * @throws IllegalStateException if another thread is running one
     * @throws EvenkeelException if the client is stopped or closed
     */
    public <T> T training(Work<T> work) throws InterruptedException {
        return run(Use.TRAINING, work);
    }

    /**
     * Refreshes a followed model, after waiting for refreshes in progress in other threads.
     *
     * @throws IllegalStateException if this thread is already refreshing one
     * @throws EvenkeelException if the client is stopped or closed
     */
    public <T> T following(Work<T> work) throws InterruptedException {
        return run(Use.FOLLOWING, work);
    }

    private <T> T run(Use use, Work<T> work) throws InterruptedException {
        begin(use);
        try {
            return work.run();
        } catch (StoppedException e) {
            throw new EvenkeelException(STOPPED);
        } finally {
            end(use);
        }
    }

    private synchronized void begin(Use use) throws InterruptedException {
        while (use == Use.FOLLOWING && users.containsKey(use) && users.get(use) != Thread.currentThread()) {
            wait();
        }
        if (users.containsKey(use)) {
            throw new IllegalStateException(
                    "the client is in use: it runs one operation at a time, besides refreshing followed models");
        }
        if (closing) {
            throw new EvenkeelException("the client is closed: build a new one, which continues from the saved state");
        }
        if (stopped) {
            throw new EvenkeelException(STOPPED);
        }
        users.put(use, Thread.currentThread());
    }

    private synchronized void end(Use use) {
        users.remove(use);
        stopped |= stop.isGiven();
        releaseIfUnused();
        notifyAll();
    }

    private void releaseIfUnused() {
        if (closing && !closed && users.isEmpty()) {
            closed = true;
            release.run();
        }
    }

    /** Refuses further work, and waits until the resources are released, unless this thread uses the client. */
    public synchronized void close() {
        closing = true;
        releaseIfUnused();
        boolean interrupted = false;
        while (!closed && !users.containsValue(Thread.currentThread())) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
