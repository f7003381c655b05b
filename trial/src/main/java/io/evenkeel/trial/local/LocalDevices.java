package io.evenkeel.trial.local;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.RunPlan;
import io.evenkeel.tools.terminal.CommandFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Simulated devices, each a thread with its own SDK client.
 *
 * <p>They join sequentially: the coordinator adds messages in the order of joining, so the final model's bits depend on
 * that order. Not thread-safe.
 */
public final class LocalDevices implements AutoCloseable {

    private static final long JOIN_SECONDS = 60;

    private final List<EvenkeelClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * Enrols a device, starts its training and waits until it has joined.
     *
     * @param settings the client's settings except for its listener
     * @throws CommandFailure if it fails before it has joined
     */
    public void join(String name, ClientBuilder settings, GradientFunction gradient) throws InterruptedException {
        CountDownLatch joined = new CountDownLatch(1);
        EvenkeelClient client = settings.name(name)
                .listener(new ClientListener() {
                    @Override
                    public void joined(RunPlan plan, long sequence) {
                        joined.countDown();
                    }
                })
                .build();
        clients.add(client);
        start(name, client, gradient, joined);
        if (!joined.await(JOIN_SECONDS, TimeUnit.SECONDS)) {
            throw new CommandFailure(name + " has not joined within " + JOIN_SECONDS + " s: see the coordinator's log");
        }
        throwIfFailed();
    }

    private void start(String name, EvenkeelClient client, GradientFunction gradient, CountDownLatch joined) {
        Thread thread = new Thread(
                () -> {
                    try {
                        client.train(gradient);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (RuntimeException | Error e) {
                        failure.compareAndSet(null, e);
                    } finally {
                        joined.countDown();
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Throws the first failure of a device, if any: without that device the rounds would not close. */
    public void throwIfFailed() {
        Throwable first = failure.get();
        if (first != null) {
            throw new CommandFailure("a device failed: " + first.getMessage(), first);
        }
    }

    /** Returns whether all devices know that the run has ended. */
    public boolean haveEnded() {
        return threads.stream().noneMatch(Thread::isAlive);
    }

    /** Waits until all devices know that the run has ended. */
    public void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS));
        }
        throwIfFailed();
    }

    @Override
    public void close() {
        clients.forEach(EvenkeelClient::stop);
        clients.forEach(EvenkeelClient::close);
    }
}
