package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;

/** Tests a relay with devices after the upper run or the relay's own run was restored to an earlier round. */
@OnlyInCi
class RelayRestoreTest extends RelayedSites {

    private static final int SAVED_AT = 2;
    private static final int LOST_AT = 4;

    private final List<EvenkeelClient> clients = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private int stopAt = SAVED_AT;

    @AfterEach
    void stopTheDevices() {
        clients.forEach(EvenkeelClient::stop);
        threads.forEach(Thread::interrupt);
        eventually().until(() -> threads.stream().noneMatch(Thread::isAlive));
        clients.forEach(EvenkeelClient::close);
    }

    private synchronized void stopAt(int round) {
        stopAt = round;
        notifyAll();
    }

    private synchronized void awaitPermission(int round) throws InterruptedException {
        while (round >= stopAt) {
            wait();
        }
    }

    /** @param isHeld whether the device pauses at the round that the test chooses */
    private void train(Scene scene, RestartableCoordinator at, int device, int place, boolean isHeld) {
        TestDevice identity = scene.devices.get(device);
        EvenkeelClient client = EvenkeelClient.builder(URI.create(at.endpoint()))
                .run(scene.run)
                .credentials(identity.client(), scene.secretOf(identity))
                .stateFolder(folder.resolve(identity.client()))
                .doublePrecision(true)
                .longPoll(Duration.ofSeconds(5))
                .build();
        clients.add(client);
        Thread thread = new Thread(() -> {
            try {
                client.train(model -> gradient(model, place, isHeld));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        });
        threads.add(thread);
        thread.start();
    }

    private Gradient gradient(Model model, int place, boolean isHeld) throws InterruptedException {
        if (isHeld) {
            awaitPermission(model.round());
        }
        return Gradient.of(TestDevice.gradient(model.toDoubles(), place));
    }

    private record Fleet(Scene above, Scene below, RestartableCoordinator site) {

        /** Waits until the relay has answered a round of the upper run in which the direct device is held. */
        void awaitRelayIn(int round) {
            eventually()
                    .until(() -> above.view().number("round") == round
                            && above.openRound().number("missingCount") == 1);
        }

        void requireTheModelsOfTheUpstreamRun() {
            assertThat(below.devices.get(0).model(below.view().number("round")))
                    .isEqualTo(above.devices.get(0).model(ROUNDS));
            for (Scene level : List.of(above, below)) {
                assertThat(level.operator.post("/runs/" + level.run + "/audit").get("agrees"))
                        .isEqualTo("true");
            }
        }
    }

    private Fleet fleet() {
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 2);
        RestartableCoordinator site = sites.get(0);
        above.start();
        train(above, root, 0, 3, true);
        train(below, site, 0, 0, false);
        train(below, site, 1, 1, false);
        return new Fleet(above, below, site);
    }

    private static long lost(Scene scene) {
        Map<?, ?> lost = (Map<?, ?>) scene.view().json().get("lost");
        return lost != null && lost.get("messages") instanceof Number messages ? messages.longValue() : 0;
    }

    @Test
    void continuesFromTheModelsOfARestoredUpstreamRun() {
        Fleet fleet = fleet();
        fleet.awaitRelayIn(SAVED_AT);
        String backup = root.backUp();
        fleet.above.moveTo(root.endpoint(), root.jdbc());
        stopAt(LOST_AT);
        fleet.awaitRelayIn(LOST_AT);
        root.restore(backup);
        fleet.above.moveTo(root.endpoint(), root.jdbc());
        stopAt(ROUNDS);
        awaitState(fleet.above, "finished");
        awaitState(fleet.below, "finished");
        assertThat(failures).isEmpty();
        fleet.requireTheModelsOfTheUpstreamRun();
        assertThat(lost(fleet.above)).as("of the relay and the device").isEqualTo(2 * (LOST_AT - SAVED_AT));
        assertThat(lost(fleet.below)).isZero();
    }

    /**
     * @param withItsFolder whether the relay's folder is restored as well, except for the credentials (docs/relay.md)
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itsDevicesRecoverAfterItsOwnDatabaseWasRestored(boolean withItsFolder) throws IOException {
        Fleet fleet = fleet();
        fleet.awaitRelayIn(SAVED_AT);
        Path membership = folder.resolve("site-0").resolve("relay");
        byte[] credentials = Files.readAllBytes(membership.resolve("credentials"));
        String backup = fleet.site.backUp();
        fleet.below.moveTo(fleet.site.endpoint(), fleet.site.jdbc());
        stopAt(LOST_AT);
        fleet.awaitRelayIn(LOST_AT);
        fleet.site.close();
        if (withItsFolder) {
            FileSystemUtils.deleteRecursively(membership);
            Files.createDirectory(membership);
            Files.write(membership.resolve("credentials"), credentials);
        }
        fleet.site.restore(backup);
        fleet.below.moveTo(fleet.site.endpoint(), fleet.site.jdbc());
        stopAt(ROUNDS);
        awaitState(fleet.above, "finished");
        awaitState(fleet.below, "finished");
        assertThat(failures).isEmpty();
        fleet.requireTheModelsOfTheUpstreamRun();
        assertThat(lost(fleet.above)).isZero();
        assertThat(lost(fleet.below)).as("of its two devices").isEqualTo(2 * (LOST_AT - SAVED_AT));
    }

    /** Restores the upper run or the middle one; the relay in the middle has its own device and relay. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void worksOverThreeLevels(boolean theRunAboveGoesBack) {
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene middle = relay(above, root.endpoint(), LOSSLESS, 1);
        Scene lowest = relay(middle, sites.get(0).endpoint(), LOSSLESS, 2);
        start(above);
        train(above, root, 0, 3, true);
        train(middle, sites.get(0), 0, 2, false);
        train(lowest, sites.get(1), 0, 0, false);
        train(lowest, sites.get(1), 1, 1, false);
        Fleet fleet = new Fleet(above, middle, sites.get(0));
        RestartableCoordinator back = theRunAboveGoesBack ? root : fleet.site;
        Scene lostAt = theRunAboveGoesBack ? above : middle;

        fleet.awaitRelayIn(SAVED_AT);
        String backup = back.backUp();
        lostAt.moveTo(back.endpoint(), back.jdbc());
        stopAt(LOST_AT);
        fleet.awaitRelayIn(LOST_AT);
        back.restore(backup);
        lostAt.moveTo(back.endpoint(), back.jdbc());
        stopAt(ROUNDS);
        List.of(above, middle, lowest).forEach(scene -> awaitState(scene, "finished"));

        assertThat(failures).isEmpty();
        fleet.requireTheModelsOfTheUpstreamRun();
        new Fleet(above, lowest, sites.get(1)).requireTheModelsOfTheUpstreamRun();
        for (Scene scene : List.of(above, middle, lowest)) {
            assertThat(lost(scene)).isEqualTo(scene == lostAt ? 2 * (LOST_AT - SAVED_AT) : 0);
        }
    }
}
