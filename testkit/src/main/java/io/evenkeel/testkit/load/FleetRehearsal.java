package io.evenkeel.testkit.load;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.fleet.SimulatedFleet;
import io.evenkeel.trial.fleet.SimulationSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs devices with the real SDK against a coordinator, each on a thread, with the hours and delays of a simulated
 * fleet in real time. Their gradients are random. A device that goes offline or drops out is stopped, and restarts with
 * its state folder. Thread-safe.
 */
final class FleetRehearsal implements AutoCloseable {

    private static final Duration RETRY = Duration.ofSeconds(5);

    private final SimulatedFleet fleet;
    private final SimulationSettings settings;
    private final URI coordinator;
    private final String token;
    private final Path folder;
    private final List<Thread> threads = new ArrayList<>();
    private final ScheduledExecutorService stops = Executors.newSingleThreadScheduledExecutor();
    private final long start = System.nanoTime();
    private volatile boolean isOver;

    FleetRehearsal(SimulatedFleet fleet, SimulationSettings settings, URI coordinator, String token, Path folder) {
        this.fleet = fleet;
        this.settings = settings;
        this.coordinator = coordinator;
        this.token = token;
        this.folder = folder;
    }

    /** Starts the devices. */
    void start() {
        for (int i = 0; i < fleet.size(); i++) {
            Device device = new Device(i);
            Thread thread = new Thread(device::live, "device-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Returns the milliseconds since the devices were started. */
    long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Waits until a number of milliseconds have passed since the start. */
    void await(long time) {
        for (long left = time - now(); left > 0 && !isOver; left = time - now()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(left));
        }
    }

    @Override
    public void close() {
        isOver = true;
        stops.shutdownNow();
        threads.forEach(LockSupport::unpark);
        threads.forEach(Thread::interrupt);
    }

    /** Stops a device because it went offline or dropped out. */
    private static final class GoneException extends RuntimeException {
        GoneException() {
            super("the device went offline", null, false, false);
        }
    }

    private final class Device {

        private final int number;
        private final SplitMix64 random;
        private int lastRound;
        private long offlineAt;

        Device(int number) {
            this.number = number;
            this.random = new SplitMix64(SplitMix64.derive(settings.seed() + 4, number));
        }

        void live() {
            while (!isOver) {
                long from = fleet.nextOnline(number, now());
                if (from == SimulatedFleet.NEVER) {
                    return;
                }
                await(from);
                offlineAt = fleet.onlineUntil(number, Math.max(from, now()));
                lastRound = -1;
                session();
                await(Math.min(offlineAt, now() + 1000));
            }
        }

        private void session() {
            try (EvenkeelClient client = EvenkeelClient.builder(coordinator)
                    .enrolmentToken(token)
                    .name("device-" + number)
                    .stateFolder(folder.resolve("device-" + number))
                    .retryFor(RETRY)
                    .build()) {
                if (offlineAt != SimulatedFleet.NEVER) {
                    var unused = stops.schedule(client::stop, offlineAt - now(), TimeUnit.MILLISECONDS);
                }
                client.work(run -> this::gradient);
            } catch (EvenkeelException | InterruptedException | RejectedExecutionException e) {
                // The device went offline or dropped out; the next session starts from the state in its folder.
            }
        }

        private Gradient gradient(Model model) {
            long download = settings.downloadBytes(lastRound, model.round());
            lastRound = model.round();
            long begin = now();
            long end = begin + fleet.work(number, download, settings.messageBytes());
            boolean drops = random.nextDouble() < fleet.group(number).dropout();
            long gone = drops ? begin + (long) (random.nextDouble() * (end - begin)) : offlineAt;
            await(Math.min(end, Math.min(gone, offlineAt)));
            if (Math.min(gone, offlineAt) < end || isOver) {
                throw new GoneException();
            }
            double[] values = new double[model.dimension()];
            for (int j = 0; j < values.length; j++) {
                values[j] = random.nextDouble() - 0.5;
            }
            return Gradient.of(values, 1, 1);
        }
    }
}
