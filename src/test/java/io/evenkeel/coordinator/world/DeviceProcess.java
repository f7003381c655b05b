package io.evenkeel.coordinator.world;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.OnDivergence;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.SimulatedClients;
import io.evenkeel.client.Transport;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.Time;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One process of a device: the SDK's training loop on a separate thread, which runs only while the world waits for it.
 * The threads take turns, so the same seed gives the same order of events.
 */
final class DeviceProcess implements Transport, Time {

    /** The maximum duration of a computation; a longer one must be waiting for something outside this world. */
    private static final Duration STUCK = Duration.ofMinutes(2);

    /** The task of a device's process. */
    @FunctionalInterface
    interface Task {
        void run(EvenkeelClient client) throws InterruptedException;
    }

    /** An action at which the device's thread hands over to the world. */
    sealed interface Step {}

    /** Sends a request, and waits for the response. */
    record Send(Request request) implements Step {}

    /** Sleeps. */
    record Sleep(Duration duration) implements Step {}

    /** The process has ended, with an exception if the training was not finished. */
    record End(@Nullable Throwable failure) implements Step {}

    /** The event that a waiting device receives. */
    private sealed interface Answer {}

    private record Arrived(Response response) implements Answer {}

    private record Awake() implements Answer {}

    private record Broken() implements Answer {}

    private record Off() implements Answer {}

    private final Supplier<Instant> clock;
    private final DeviceDisk disk;
    private final Semaphore devicesTurn = new Semaphore(0);
    private final Semaphore worldsTurn = new Semaphore(0);
    private final Thread thread;
    private @Nullable Step step;
    private @Nullable Answer answer;

    /**
     * @param clock the device's clock, which also measures elapsed time
     * @param weight the device's weight in the fleet's objective
     * @param task the work of the process
     * @param listener receives the SDK's events on the device's thread
     */
    DeviceProcess(
            String name,
            String run,
            String client,
            String secret,
            DeviceDisk disk,
            Supplier<Instant> clock,
            SplittableRandom random,
            double weight,
            Task task,
            ClientListener listener) {
        this.clock = clock;
        this.disk = disk;
        this.thread = new Thread(
                () -> {
                    devicesTurn.acquireUninterruptibly();
                    @Nullable Throwable failure = null;
                    try (EvenkeelClient sdk = SimulatedClients.build(
                            EvenkeelClient.builder(URI.create("http://coordinator"))
                                    .run(run)
                                    .credentials(client, secret)
                                    .doublePrecision(true)
                                    .weight(weight)
                                    // A late message from a device that has lost its disk in the meantime looks like
                                    // one from another device.
                                    .onDivergence(OnDivergence.RECOVER)
                                    .longPoll(Duration.ofSeconds(1))
                                    .stateStore(disk)
                                    .listener(listener)
                                    .transport(this),
                            this,
                            random::nextDouble)) {
                        task.run(sdk);
                    } catch (Throwable e) {
                        failure = e;
                    }
                    step = new End(failure);
                    worldsTurn.release();
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts the device, and returns its first step. */
    Step begin() {
        return next();
    }

    /** Passes on a response. */
    Step receive(Response response) {
        answer = new Arrived(response);
        return next();
    }

    /** Breaks the connection. */
    Step disconnect() {
        answer = new Broken();
        return next();
    }

    /** Ends a sleep. */
    Step wake() {
        answer = new Awake();
        return next();
    }

    /** Switches the power off, and returns when the thread has ended. */
    void kill() {
        disk.powerOff();
        answer = new Off();
        Step last = next();
        while (!(last instanceof End)) {
            answer = new Off();
            last = next();
        }
    }

    private Step next() {
        devicesTurn.release();
        try {
            if (!worldsTurn.tryAcquire(STUCK.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(thread.getName() + " waits for something outside the world");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Step now = step;
        if (now == null) {
            throw new IllegalStateException("a device that did nothing");
        }
        return now;
    }

    private Answer await(Step what) {
        step = what;
        worldsTurn.release();
        devicesTurn.acquireUninterruptibly();
        Answer given = answer;
        if (given == null || given instanceof Off) {
            throw new PowerLoss();
        }
        return given;
    }

    @Override
    public Response exchange(Request request) throws IOException {
        if (disk.isOff()) {
            throw new PowerLoss();
        }
        Answer given = await(new Send(request));
        if (given instanceof Arrived arrived) {
            return arrived.response();
        }
        throw new IOException("the connection broke");
    }

    @Override
    public void sleep(Duration duration, StopFlag stop) {
        if (disk.isOff()) {
            throw new PowerLoss();
        }
        await(new Sleep(duration));
    }

    @Override
    public Instant now() {
        return clock.get();
    }

    @Override
    public long nanos() {
        return Duration.between(Instant.EPOCH, clock.get()).toNanos();
    }

    @Override
    public void abort() {
        // No request is in progress: the world answers each one at once.
    }

    @Override
    public void close() {
        // There is no connection.
    }
}
