package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.FileStateStore;
import io.evenkeel.client.FollowedModel;
import io.evenkeel.client.FollowedVersion;
import io.evenkeel.client.SavedDevice;
import io.evenkeel.client.VersionMetrics;
import io.evenkeel.testkit.chaos.device.ChaosDevice;
import io.evenkeel.testkit.chaos.device.WatchedStore;
import io.evenkeel.testkit.chaos.device.WatchedTransport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A device that follows an alias through the SDK, evaluates and reports, and is killed at steps that its lottery draws.
 * The model of a version consists of its number and the accuracy that devices measure with it.
 */
final class FollowingDevice implements ChaosDevice {

    static final String TENSOR = "w";
    static final long SAMPLES = 100;

    private static final int SERVER_ERROR = 500;
    private static final double BETWEEN_DEVICES = 0.0005;
    private static final Duration RETRIES = Duration.ofSeconds(2);
    private static final Duration BETWEEN_REQUESTS = Duration.ofMillis(150);

    private final int number;
    private final URI proxy;
    private final String token;
    private final Path folder;
    private final CrashLottery lottery;
    private final List<String> violations = new ArrayList<>();
    private volatile @Nullable Look look;
    private volatile @Nullable EvenkeelClient client;
    private volatile boolean ended;

    /**
     * @param number the device's number, from 0
     * @param folder the folder of its state
     */
    FollowingDevice(int number, URI proxy, String token, Path folder, CrashLottery lottery) {
        this.number = number;
        this.proxy = proxy;
        this.token = token;
        this.folder = folder;
        this.lottery = lottery;
    }

    /**
     * A device's version after a successful request.
     *
     * @param from the time before the request
     * @param version the version that the device uses
     */
    record Look(Instant from, int version) {}

    @Override
    public void live() throws InterruptedException {
        while (!ended) {
            try (EvenkeelClient life = EvenkeelClient.builder(proxy)
                    .enrolmentToken(token)
                    .retryFor(RETRIES)
                    .stateStore(new WatchedStore(FileStateStore.open(folder), lottery::stored))
                    .transport(new WatchedTransport(lottery::exchange))
                    .build()) {
                client = life;
                follow(life.follow(RolloutChaosSettings.MODEL, RolloutChaosSettings.ALIAS, this::evaluate));
            } catch (CrashLottery.DeviceKilled e) {
                // The device restarts from the state in its folder.
                Thread.onSpinWait();
            } catch (RuntimeException e) {
                // A client that is stopped in a request throws.
                if (!ended) {
                    throw e;
                }
            }
        }
    }

    private void follow(FollowedModel model) throws InterruptedException {
        Look before = look;
        if (before != null && model.version().isEmpty()) {
            violation("has lost version " + before.version() + " when it was killed");
        }
        while (!ended) {
            Instant from = Instant.now();
            try {
                boolean unused = model.refresh();
                checked(model, from);
            } catch (CoordinatorException e) {
                if (e.problem().status() < SERVER_ERROR) {
                    violation("was refused: " + e.getMessage());
                }
            } catch (EvenkeelException e) {
                // No coordinator could be reached, or the proxy has cut the connection.
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(BETWEEN_REQUESTS.toNanos());
        }
    }

    private void checked(FollowedModel model, Instant from) {
        int version = model.version().orElse(0);
        int stored = (int) model.values(TENSOR)[0];
        if (version != stored) {
            violation("reports version " + version + ", but the bytes are those of version " + stored);
        }
        look = new Look(from, version);
    }

    private VersionMetrics evaluate(FollowedVersion version) {
        int rollout = version.number() - RolloutChaosSettings.version(0);
        if (rollout >= 0 && RolloutScenario.at(rollout).failsOn(number)) {
            throw new IllegalStateException("version " + version.number() + " does not run here");
        }
        double accuracy = version.values(TENSOR)[1] + BETWEEN_DEVICES * ((number + version.number()) % 3);
        return VersionMetrics.of(SAMPLES, Map.of(RolloutChaosSettings.METRIC, accuracy));
    }

    private void violation(String what) {
        synchronized (violations) {
            violations.add("device " + number + " " + what);
        }
    }

    List<String> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }

    /** Returns the version after the last successful request; null before the first. */
    @Nullable
    Look look() {
        return look;
    }

    void openLottery() {
        lottery.open();
    }

    /** Returns the number of times that the device was killed, by step. */
    Map<CrashLottery.Step, Integer> kills() {
        return lottery.done();
    }

    /** Returns the device's saved identity; to be called after it has ended. */
    SavedDevice identity() {
        try (FileStateStore store = FileStateStore.open(folder)) {
            return SavedDevice.in(store);
        }
    }

    @Override
    public void end() {
        ended = true;
        EvenkeelClient life = client;
        if (life != null) {
            life.stop();
        }
    }
}
