package io.evenkeel.coordinator.chain;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.client.OnDivergence;
import io.evenkeel.client.Receipt;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A run with devices of the SDK, which stop at the rounds that a test asks for. */
final class TestFleet {

    private static final int ROUNDS = 9;
    private static final int DEVICES = 2;
    private static final Duration LONGEST_ROUND = Duration.ofSeconds(2);
    private static final int NEVER = Integer.MAX_VALUE;

    private final RestartableCoordinator coordinator;
    private final Path folder;
    private final String algorithm;
    private final Scene scene;
    private final List<Device> devices = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private OnDivergence onDivergence = OnDivergence.RECOVER_IF_LOST;
    private int savedAt;
    private int lostAt;
    private boolean restarts;
    private boolean hasAnswered;
    private boolean passes;
    private boolean answersTheOpenRound;
    private volatile boolean restored;
    private long saved;
    private long lost;

    /** @param rounds how a round closes */
    TestFleet(RestartableCoordinator coordinator, Path folder, String algorithm, String rounds, String more) {
        this.coordinator = coordinator;
        this.folder = folder;
        this.algorithm = algorithm;
        this.scene = new Scene(
                        coordinator::endpoint, coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create(algorithm, ROUNDS, "\"gamma\":\"constant:0.5\"," + rounds + more);
        for (int i = 0; i < DEVICES; i++) {
            devices.add(new Device(scene.member(1), i));
        }
        scene.start();
    }

    TestFleet savedAt(int round) {
        savedAt = round;
        return this;
    }

    TestFleet lostAt(int round) {
        lostAt = round;
        return this;
    }

    TestFleet failsOnDivergence() {
        onDivergence = OnDivergence.FAIL;
        return this;
    }

    /** The devices are restarted after the database went back. */
    TestFleet restarts() {
        restarts = true;
        return this;
    }

    /** The back-up has the first device's message of the open round. */
    TestFleet withAMessageOfTheOpenRound() {
        hasAnswered = true;
        return this;
    }

    /** Only the first device's message of the round that was open at the back-up is lost: all models are as they were. */
    TestFleet losesAMessageOfTheOpenRound() {
        answersTheOpenRound = true;
        return lostAt(savedAt);
    }

    /** The first device comes back only once the run has passed its round again. */
    TestFleet passesOneDevice() {
        passes = true;
        return this;
    }

    void trainUntilSaved() {
        devices.forEach(device -> device.stopAt(savedAt));
        if (hasAnswered) {
            devices.get(0).stopAt(savedAt + 1);
        }
        devices.forEach(Device::start);
        devices.subList(hasAnswered ? 1 : 0, DEVICES).forEach(Device::awaitStop);
        if (hasAnswered) {
            eventually().until(() -> devices.get(0).sequence.get() == savedAt + 1);
        }
        saved = acknowledged();
    }

    void trainUntilLost() {
        devices.forEach(device -> device.stopAt(lostAt));
        if (answersTheOpenRound) {
            devices.get(0).stopAt(lostAt + 1);
            eventually().until(() -> devices.get(0).sequence.get() == lostAt + 1);
        }
        devices.subList(answersTheOpenRound ? 1 : 0, DEVICES).forEach(Device::awaitStop);
        lost = acknowledged() - saved;
    }

    private long acknowledged() {
        return devices.stream().mapToLong(device -> device.sequence.get()).sum();
    }

    void goOn() {
        restored = true;
        if (restarts) {
            devices.forEach(Device::stop);
            devices.forEach(Device::start);
        }
        // The run must not end before the device is back.
        devices.get(DEVICES - 1).stopAt(passes ? lostAt + 2 : NEVER);
        if (passes) {
            TurnedClock clock = coordinator.bean(TurnedClock.class);
            eventually().until(() -> {
                clock.advance(LONGEST_ROUND);
                return scene.view().number("round") > lostAt + 1;
            });
        }
        devices.get(0).stopAt(NEVER);
        if (passes) {
            eventually().until(() -> !devices.get(0).trained.isEmpty());
        }
        devices.forEach(device -> device.stopAt(NEVER));
    }

    String state() {
        return scene.view().get("state");
    }

    void join() throws InterruptedException {
        for (Device device : devices) {
            device.thread().join();
        }
    }

    List<Throwable> failures() {
        return failures;
    }

    boolean hasSum() {
        return algorithm.startsWith("ef21");
    }

    Reply audit() {
        return scene.operator.post("/runs/" + scene.run + "/audit");
    }

    /** Returns how many messages were acknowledged and are gone. */
    long lost() {
        return lost;
    }

    long shownAsLost() {
        Map<?, ?> lost = (Map<?, ?>) scene.view().json().get("lost");
        return lost != null && lost.get("messages") instanceof Number messages ? messages.longValue() : 0;
    }

    void requireTheCoordinatorsModels() {
        for (Device device : devices) {
            assertThat(device.trained).as(this + ", device " + device.place).isNotEmpty();
            for (Trained model : device.trained) {
                byte[] ours = scene.operator
                        .get("/runs/" + scene.run + "/rounds/" + model.round + "/model")
                        .body();
                assertThat(model.values)
                        .as(this + ", device " + device.place + ", round " + model.round)
                        .isEqualTo(ours);
            }
        }
    }

    void stop() {
        devices.forEach(Device::stop);
    }

    @Override
    public String toString() {
        return "the fleet of " + scene.run + " saved at " + savedAt + ", lost at " + lostAt;
    }

    /** A model on which a device trained after the database went back. */
    private static final class Trained {
        final int round;
        final byte[] values;

        Trained(int round, byte[] values) {
            this.round = round;
            this.values = values;
        }
    }

    /** A device of the SDK. */
    private final class Device implements ClientListener {

        final int place;
        final AtomicInteger sequence = new AtomicInteger();
        final List<Trained> trained = new CopyOnWriteArrayList<>();
        private final TestDevice identity;
        private @Nullable Thread thread;
        private @Nullable EvenkeelClient client;
        private int stopAt;
        private int waitsAt = -1;

        Device(TestDevice identity, int place) {
            this.identity = identity;
            this.place = place;
        }

        Thread thread() {
            return Objects.requireNonNull(thread);
        }

        void start() {
            EvenkeelClient fresh = EvenkeelClient.builder(URI.create(coordinator.endpoint()))
                    .run(scene.run)
                    .credentials(identity.client(), scene.secretOf(identity))
                    .stateFolder(folder.resolve(identity.client()))
                    .onDivergence(onDivergence)
                    .evaluation(this::look)
                    .listener(this)
                    .longPoll(Duration.ofSeconds(5))
                    .build();
            client = fresh;
            thread = new Thread(() -> {
                try {
                    fresh.train(this::gradient);
                } catch (Exception e) {
                    failures.add(e);
                }
            });
            thread.start();
        }

        /** Sees the round's model before anything is computed on it. */
        private Map<String, Double> look(Model model) throws InterruptedException {
            if (restored) {
                trained.add(new Trained(model.round(), floats(model)));
            }
            awaitPermission(model.round());
            return Map.of();
        }

        private synchronized void awaitPermission(int round) throws InterruptedException {
            while (round >= stopAt) {
                waitsAt = round;
                notifyAll();
                wait();
            }
            waitsAt = -1;
        }

        private Gradient gradient(Model model) {
            return Gradient.of(TestDevice.gradient(model.toDoubles(), place));
        }

        synchronized void stopAt(int round) {
            stopAt = round;
            notifyAll();
        }

        void awaitStop() {
            eventually().until(() -> {
                assertThat(failures).isEmpty();
                synchronized (this) {
                    return waitsAt == stopAt;
                }
            });
        }

        void stop() {
            EvenkeelClient old = client;
            if (old != null) {
                old.stop();
                thread().interrupt();
                eventually().until(() -> !thread().isAlive());
                old.close();
                failures.removeIf(failure -> failure instanceof InterruptedException);
            }
        }

        @Override
        public void messageAccepted(Receipt receipt) {
            sequence.set(Math.toIntExact(receipt.sequence()));
        }
    }

    private static byte[] floats(Model model) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            model.writeFloats(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
