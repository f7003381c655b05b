package io.evenkeel.coordinator.chain;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.JdkTransport;
import io.evenkeel.client.Model;
import io.evenkeel.client.OnDivergence;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.client.Transport;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.secagg.DeviceIdentity;
import io.evenkeel.core.secagg.OwnerKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A run with SDK devices that pause at rounds that a test chooses. */
final class TestFleet {

    private static final int ROUNDS = 9;
    private static final int DEVICES = 2;
    private static final int COHORT = 4;
    private static final Duration LONG_POLL = Duration.ofSeconds(5);
    private static final Duration SHORT_POLL = Duration.ofSeconds(1);
    private static final Duration LONGEST_ROUND = Duration.ofSeconds(2);
    private static final Duration LONGEST_STEP = Duration.ofSeconds(61);
    private static final int NEVER = Integer.MAX_VALUE;

    private final RestartableCoordinator coordinator;
    private final Path folder;
    private final String algorithm;
    private final Scene scene;
    private final List<Device> devices = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private @Nullable String savedBefore;
    private @Nullable String lostBefore;
    private boolean hasRecoveryKey;
    private @Nullable Device late;
    private @Nullable OwnerKey owner;
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

    private TestFleet(RestartableCoordinator coordinator, Path folder, String algorithm, String compressor) {
        this.coordinator = coordinator;
        this.folder = folder;
        this.algorithm = algorithm;
        this.scene =
                new Scene(coordinator::endpoint, coordinator.jdbc(), Scene.newName(), compressor, FeedbackMethod.EF21);
    }

    private void create(String more) {
        scene.create(algorithm, ROUNDS, "\"gamma\":\"constant:0.5\"," + more);
    }

    /** @param rounds the fields of the definition that decide when a round closes */
    TestFleet(RestartableCoordinator coordinator, Path folder, String algorithm, String rounds, String more) {
        this(coordinator, folder, algorithm, "top-k:2");
        create(rounds + more);
        for (int i = 0; i < DEVICES; i++) {
            devices.add(new Device(scene.member(1), i, null));
        }
        scene.start();
    }

    /** Creates a run with secure aggregation and cohorts of at least three devices. */
    static TestFleet masked(
            RestartableCoordinator coordinator, Path folder, String algorithm, String compressor, String more) {
        OwnerKey owner = OwnerKey.generate();
        TestFleet fleet = new TestFleet(coordinator, folder, algorithm, compressor);
        fleet.owner = owner;
        fleet.create("\"participants\":{\"min\":3,\"max\":6},\"secureAggregation\":{\"owners\":[\""
                + CohortScene.key(owner) + "\"],\"dropout\":0.2,\"collusion\":0,\"rebaseEvery\":4}" + more);
        for (int i = 0; i < COHORT; i++) {
            fleet.devices.add(fleet.new Device(fleet.scene.member(1), i, owner.issue()));
        }
        fleet.scene.start();
        return fleet;
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

    /** Makes the devices adopt the coordinator's state whenever it differs from theirs. */
    TestFleet recovers() {
        onDivergence = OnDivergence.RECOVER;
        return this;
    }

    /** Adds a device that joins after the backup. */
    TestFleet withALateDevice() {
        late = new Device(scene.device(), devices.size(), owner == null ? null : owner.issue());
        return this;
    }

    /** Restarts the devices after the database is restored. */
    TestFleet restarts() {
        restarts = true;
        return this;
    }

    /** Makes the devices keep encrypted copies of their states at the coordinator. */
    TestFleet withRecoveryKeys() {
        hasRecoveryKey = true;
        return this;
    }

    /** Makes the backup in the middle of a round, when each device is about to send a step such as {@code reveals}. */
    TestFleet savedBefore(String step) {
        savedBefore = step;
        return this;
    }

    /** Restores the database in the same round, when each device is about to send a later step. */
    TestFleet lostBefore(String step) {
        lostBefore = step;
        return lostAt(savedAt);
    }

    /** Makes the backup contain the first device's message of the open round. */
    TestFleet withAMessageOfTheOpenRound() {
        hasAnswered = true;
        return this;
    }

    /**
     * Loses only one message: that of the first device in the round that was open during the backup. No model changes.
     */
    TestFleet losesAMessageOfTheOpenRound() {
        answersTheOpenRound = true;
        return lostAt(savedAt);
    }

    /** Delays the first device until the run has passed that device's round again. */
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
        if (savedBefore != null) {
            devices.forEach(device -> device.holdBefore(savedBefore));
            devices.forEach(device -> device.stopAt(savedAt + 1));
            devices.forEach(Device::awaitHeld);
        } else {
            devices.subList(hasAnswered ? 1 : 0, devices.size()).forEach(Device::awaitStop);
        }
        if (hasAnswered) {
            eventually().until(() -> devices.get(0).sequence.get() == savedAt + 1);
        }
        saved = acknowledged();
    }

    void trainUntilLost() {
        if (lostBefore != null) {
            devices.forEach(device -> device.stopAt(savedAt + 1));
            devices.forEach(device -> device.holdBefore(lostBefore));
            devices.forEach(Device::awaitHeld);
            return;
        }
        devices.forEach(device -> device.holdBefore(null));
        if (late != null) {
            devices.add(late);
            late.start();
            eventually().until(() -> scene.view().number("members") == devices.size());
        }
        devices.forEach(device -> device.stopAt(lostAt));
        if (answersTheOpenRound) {
            devices.get(0).stopAt(lostAt + 1);
            eventually().until(() -> devices.get(0).sequence.get() == lostAt + 1);
        }
        devices.subList(answersTheOpenRound ? 1 : 0, devices.size()).forEach(Device::awaitStop);
        lost = acknowledged() - saved;
    }

    private long acknowledged() {
        return devices.stream().mapToLong(device -> device.sequence.get()).sum();
    }

    void goOn() {
        restored = true;
        devices.forEach(device -> device.holdBefore(null));
        if (restarts) {
            devices.forEach(Device::stop);
            devices.forEach(Device::start);
        }
        // The run must not end before the device returns.
        devices.get(devices.size() - 1).stopAt(passes ? lostAt + 2 : NEVER);
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

    /** Times out the open step of each fleet, since devices that saw a lost history send nothing in that step. */
    static void passTheOpenSteps(List<TestFleet> fleets) {
        TurnedClock clock = fleets.get(0).coordinator.bean(TurnedClock.class);
        // A restarted coordinator's clock is behind the deadlines in the database.
        Instant deadline = fleets.stream()
                .map(fleet -> Instant.parse(fleet.scene.view().get("deadline")))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        clock.advance(LONGEST_STEP.plus(Duration.between(clock.instant(), deadline)));
    }

    /** Returns the number of rounds that have closed without messages. */
    long voidRounds() {
        return scene.operator.get("/runs/" + scene.run + "/rounds").jsonList().stream()
                .filter(round -> Integer.valueOf(0).equals(round.get("participants")))
                .count();
    }

    /** Returns the number of rounds that were skipped. */
    int skippedRounds() {
        return Objects.requireNonNull(coordinator
                .jdbc()
                .queryForObject(
                        "SELECT COALESCE(SUM(s.last_round - s.first_round + 1), 0) FROM skipped_rounds s JOIN run r ON r.id"
                                + " = s.run_id WHERE r.name = ?",
                        Integer.class,
                        scene.run));
    }

    int lostRounds() {
        return lostAt - savedAt;
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

    /** Returns the number of acknowledged messages that were lost. */
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

    /** A model on which a device trained after the database was restored. */
    private static final class Trained {
        final int round;
        final byte[] values;

        Trained(int round, byte[] values) {
            this.round = round;
            this.values = values;
        }
    }

    /** A device that runs the SDK. */
    private final class Device implements ClientListener {

        final int place;
        final AtomicInteger sequence = new AtomicInteger();
        final List<Trained> trained = new CopyOnWriteArrayList<>();
        private final TestDevice identity;
        private final @Nullable DeviceIdentity masks;
        private @Nullable Thread thread;
        private @Nullable EvenkeelClient client;
        private int stopAt;
        private int waitsAt = -1;
        private @Nullable String heldStep;
        private boolean isHeld;

        /** @param masks the device's identity for secure aggregation; null in a run without it */
        Device(TestDevice identity, int place, @Nullable DeviceIdentity masks) {
            this.identity = identity;
            this.place = place;
            this.masks = masks;
        }

        Thread thread() {
            return Objects.requireNonNull(thread);
        }

        void start() {
            ClientBuilder builder = EvenkeelClient.builder(URI.create(coordinator.endpoint()))
                    .run(scene.run)
                    .credentials(identity.client(), scene.secretOf(identity))
                    .stateFolder(folder.resolve(identity.client()))
                    .onDivergence(onDivergence)
                    .listener(this)
                    .longPoll(masks == null ? LONG_POLL : SHORT_POLL);
            if (masks == null) {
                builder.evaluation(this::look);
            } else {
                builder.secureAggregation(SecureAggregation.with(masks).minimumCohort(3))
                        .transport(new HeldTransport(this));
            }
            if (hasRecoveryKey) {
                byte[] key = new byte[32];
                key[0] = (byte) place;
                builder.recoveryKey(key);
            }
            EvenkeelClient fresh = builder.build();
            client = fresh;
            thread = new Thread(() -> {
                try {
                    fresh.train(
                            algorithm.contains("storm")
                                    ? GradientFunction.onSample(round -> place, (model, sample) -> gradient(model))
                                    : this::gradient);
                } catch (Exception e) {
                    failures.add(e);
                }
            });
            thread.start();
        }

        /** Records the round's model before it is used. */
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

        private Gradient gradient(Model model) throws InterruptedException {
            if (masks != null) {
                look(model);
            }
            return Gradient.of(TestDevice.gradient(model.toDoubles(), place));
        }

        /** Holds the device before it sends or requests a step; null lets it continue. */
        synchronized void holdBefore(@Nullable String step) {
            heldStep = step;
            isHeld = false;
            notifyAll();
        }

        synchronized void beforeRequest(URI address) throws InterruptedException {
            while (heldStep != null && address.getPath().matches(".*/rounds/" + savedAt + "/.*/" + heldStep + "/me")) {
                isHeld = true;
                notifyAll();
                wait();
            }
            isHeld = false;
        }

        void awaitHeld() {
            eventually().until(() -> {
                assertThat(failures).isEmpty();
                synchronized (this) {
                    return isHeld;
                }
            });
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

    /** Blocks each request while the device is held before a step. */
    private static final class HeldTransport implements Transport {
        private final Device device;
        private final Transport requests = new JdkTransport(Duration.ofSeconds(10), Duration.ofSeconds(30), null);

        HeldTransport(Device device) {
            this.device = device;
        }

        @Override
        public Response exchange(Request request) throws IOException, InterruptedException {
            device.beforeRequest(request.uri());
            return requests.exchange(request);
        }

        @Override
        public void abort() {
            requests.abort();
        }

        @Override
        public void close() {
            requests.close();
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
