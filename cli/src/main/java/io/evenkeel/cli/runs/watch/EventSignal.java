package io.evenkeel.cli.runs.watch;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Follows a run's stream of events on a daemon thread, and wakes up its reader when something has happened. Connects again after a
 * while. Thread-safe.
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
                // Reads again.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether to try again. */
    private boolean readOnce() {
        try {
            return client.events(path, () -> connected = true, type -> happened.release());
        } catch (OperatorException e) {
            return closed.getCount() > 0;
        } finally {
            connected = false;
            // A run that is over ends its stream: the reader checks it at once.
            happened.release();
        }
    }

    /** Returns whether the stream is open; if not, its reader has to poll. */
    boolean isConnected() {
        return connected;
    }

    /** Waits until something has happened since the last call, up to a time limit. */
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
