package io.evenkeel.pilot.demo;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.protocol.RunPlan;
import io.evenkeel.pilot.data.LabelShards;
import io.evenkeel.pilot.data.Samples;
import io.evenkeel.pilot.learn.LocalLoss;
import io.evenkeel.pilot.terminal.CommandFailure;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Simulated devices, each a thread with an SDK client and a state folder of its own.
 *
 * <p>They join one after the other: the coordinator adds messages in the order of joining, so the final model's bits depend
 * on it.
 */
final class Fleet implements AutoCloseable {

    /** What a device sees of the training samples; McMahan et al. 2017 take two. */
    private static final int SHARDS_EACH = 2;

    private static final long JOIN_SECONDS = 60;

    private final List<EvenkeelClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * Makes the devices' losses; those of the same settings are the same.
     *
     * @param train the samples to share out
     */
    static List<LocalLoss> losses(DemoSettings settings, Samples train) {
        int[][] shares = LabelShards.divide(
                train, settings.devices(), SHARDS_EACH, settings.seedOf(DemoSettings.Randomness.SHARES));
        List<LocalLoss> losses = new ArrayList<>();
        for (int device = 0; device < shares.length; device++) {
            losses.add(new LocalLoss(
                    DemoSettings.perceptron(),
                    train.subset(shares[device]),
                    settings.batch(),
                    settings.minibatchSeed(device)));
        }
        return losses;
    }

    /**
     * Enrols a device for each loss and starts its training.
     *
     * @param folder under which each device has a folder
     * @param latest hears of the first device's models
     * @throws CommandFailure if a device does not get as far as joining
     */
    void join(
            URI coordinator,
            String run,
            String enrolmentToken,
            Path folder,
            List<LocalLoss> losses,
            Absences absences,
            LatestModel latest)
            throws InterruptedException {
        for (int device = 0; device < losses.size(); device++) {
            CountDownLatch joined = new CountDownLatch(1);
            String name = String.format(Locale.ROOT, "device-%03d", device);
            LocalLoss loss = losses.get(device);
            var builder = EvenkeelClient.builder(coordinator)
                    .run(run)
                    .enrolmentToken(enrolmentToken)
                    .name(name)
                    .weight(loss.samples())
                    .stateFolder(folder.resolve(name))
                    .listener(new ClientListener() {
                        @Override
                        public void joined(RunPlan plan, long sequence) {
                            joined.countDown();
                        }
                    });
            EvenkeelClient client = (device == 0 ? builder.evaluation(latest) : builder).build();
            clients.add(client);
            start(name, client, new DigitsDevice(device, loss, absences), joined);
            if (!joined.await(JOIN_SECONDS, TimeUnit.SECONDS)) {
                throw new CommandFailure(
                        name + " has not joined within " + JOIN_SECONDS + " s: see the coordinator's log");
            }
            throwIfFailed();
        }
    }

    private void start(String name, EvenkeelClient client, DigitsDevice device, CountDownLatch joined) {
        Thread thread = new Thread(
                () -> {
                    try {
                        client.train(device);
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

    /** Throws the first failure of a device, if there is one: without that device the rounds would not close. */
    void throwIfFailed() {
        Throwable first = failure.get();
        if (first != null) {
            throw new CommandFailure("a device failed: " + first.getMessage(), first);
        }
    }

    /** Waits until all devices have heard that the run ended. */
    void awaitEnd() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS));
        }
        throwIfFailed();
    }

    /** Stops all devices. */
    @Override
    public void close() {
        clients.forEach(EvenkeelClient::stop);
        clients.forEach(EvenkeelClient::close);
    }
}
