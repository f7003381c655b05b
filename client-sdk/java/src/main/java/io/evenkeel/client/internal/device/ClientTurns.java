package io.evenkeel.client.internal.device;

import io.evenkeel.client.internal.http.StoppedException;
import java.util.EnumMap;
import java.util.Map;

/**
 * Allows one thread to train while another refreshes followed models, and releases the client's resources after {@link #close} as soon as
 * no thread uses them. Thread-safe.
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

    private final Runnable release;
    private final Map<Use, Thread> users = new EnumMap<>(Use.class);
    private boolean closing;
    private boolean closed;

    public ClientTurns(Runnable release) {
        this.release = release;
    }

    /**
     * Trains, or does anything else but refresh a followed model.
     *
     * @throws IllegalStateException if another thread does, or the client is stopped or closed
     */
    public <T> T training(Work<T> work) throws InterruptedException {
        return run(Use.TRAINING, work);
    }

    /**
     * Refreshes a followed model, after those that other threads refresh at this moment.
     *
     * @throws IllegalStateException if this thread refreshes one already, or the client is stopped or closed
     */
    public <T> T following(Work<T> work) throws InterruptedException {
        return run(Use.FOLLOWING, work);
    }

    private <T> T run(Use use, Work<T> work) throws InterruptedException {
        begin(use);
        try {
            return work.run();
        } catch (StoppedException e) {
            throw new IllegalStateException("the client is stopped: build a new one", e);
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
                    "the client is in use: it does one thing at a time, and beside it only refreshes"
                            + " followed models");
        }
        if (closing) {
            throw new IllegalStateException("the client is closed: build a new one");
        }
        users.put(use, Thread.currentThread());
    }

    private synchronized void end(Use use) {
        users.remove(use);
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
