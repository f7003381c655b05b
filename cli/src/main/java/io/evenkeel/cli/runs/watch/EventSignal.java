package io.evenkeel.cli.runs.watch;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Follows a run's event stream on a daemon thread and wakes its reader for each event. Reconnects after a
 * pause. Thread-safe.
 */
final class EventSignal implements AutoCloseable {

    private static final Duration RECONNECT = Duration.ofSeconds(5);

    private final CoordinatorClient client;
    private final ApiPath path;
    private final Thread thread;
    private final Semaphore happened = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean connected;

    private EventSignal(CoordinatorClient client, String run) {
        this.client = client;
        this.path = ApiPath.of("runs", run, "events");
        this.thread = new Thread(this::follow, "events");
        thread.setDaemon(true);
    }

    static EventSignal start(CoordinatorClient client, String run) {
        EventSignal signal = new EventSignal(client, run);
        signal.thread.start();
        return signal;
    }

    private void follow() {
        try {
            while (readOnce() && !closed.await(RECONNECT.toMillis(), TimeUnit.MILLISECONDS)) {
                // Reconnects.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether to reconnect. */
    private boolean readOnce() {
        try {
            return client.events(path, () -> connected = true, type -> happened.release());
        } catch (OperatorException e) {
            return closed.getCount() > 0;
        } finally {
            connected = false;
            // The stream of a finished run ends: its reader then checks the run at once.
            happened.release();
        }
    }

    /** Returns whether the stream is open; if not, the reader has to poll. */
    boolean isConnected() {
        return connected;
    }

    /** Waits for an event since the last call, up to a time limit. */
    void await(Duration longest) throws InterruptedException {
        if (happened.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
            happened.drainPermits();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
