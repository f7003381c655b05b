package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.task.WaitingDevices;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator that restarts in the middle of a run produces the same bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartTest {

    private static final int ROUNDS = Boolean.getBoolean("evenkeel.test.full") ? 12 : 8;

    private RestartableCoordinator coordinator;

    @BeforeAll
    void start(@TempDir Path folder) {
        // Makes a checkpoint every 5 rounds, so that restarts also replay updates.
        coordinator = start(folder, "--evenkeel.rounds.checkpoint-every=5", "--evenkeel.rounds.waiting-devices=3");
    }

    RestartableCoordinator start(Path folder, String... settings) {
        return new RestartableCoordinator(folder, settings);
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    private Scene scene(String algorithm, String more) {
        FeedbackMethod method = algorithm.startsWith("ef21") ? FeedbackMethod.EF21 : FeedbackMethod.NONE;
        return new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", method)
                .create(algorithm, ROUNDS, "\"gamma\":\"anytime:0.5:0.5\"" + more)
                .members(3)
                .start();
    }

    private static void answer(Scene scene, int round) {
        for (int i = 0; i < 3; i++) {
            answer(scene, round, i);
        }
    }

    private static void answer(Scene scene, int round, int device) {
        double[] x = scene.devices.get(device).model(round);
        scene.devices.get(device).answer(round, TestDevice.gradient(x, device));
    }

    @SafeVarargs
    private final void restart(List<Scene>... scenes) {
        coordinator.restart();
        for (List<Scene> some : scenes) {
            some.forEach(scene -> scene.moveTo(coordinator.endpoint(), coordinator.jdbc()));
        }
    }

    @Test
    void restartsBetweenAndWithinRoundsDoNotChangeTheBits() {
        List<Scene> undisturbed = new ArrayList<>();
        List<Scene> disturbed = new ArrayList<>();
        for (List<Scene> scenes : List.of(undisturbed, disturbed)) {
            scenes.add(scene("ef21-norm", ""));
            scenes.add(scene("dcgd", ""));
            scenes.add(scene("ef14-decay-scatter-mean", ",\"robust\":\"clip:1\""));
            scenes.add(scene("ef21-norm", ",\"step\":\"accumulated-norm\""));
            scenes.add(scene("ef21-distance", ""));
            scenes.add(scene("ef21-adaptive", ""));
            scenes.add(scene("ef21-norm", ",\"step\":\"sufficient-decrease\""));
            scenes.add(scene("ef21-fedadam", ""));
            scenes.add(scene("ef21-fedavgm", ""));
            scenes.add(
                    scene(
                            "ef21-norm",
                            ",\"step\":\"muon\",\"tensors\":[{\"name\":\"w\",\"shape\":[2,2]},{\"name\":\"b\",\"shape\":[2]}]"));
            scenes.add(scene("ef21-norm", ",\"downlink\":{\"compressor\":\"top-k:1+natural\"}"));
            scenes.add(scene("ef21-fedadam", ",\"downlink\":{\"compressor\":\"rand-k:2\"}"));
            scenes.add(scene("ef21-norm", ",\"robust\":\"clip:1\""));
            scenes.add(
                    scene("ef21-fedadam", ",\"robust\":\"clip:1\",\"downlink\":{\"compressor\":\"top-k:1+natural\"}"));
        }
        undisturbed.forEach(scene -> {
            for (int round = 0; round < ROUNDS; round++) {
                answer(scene, round);
                scene.await(scene.devices.get(0), round);
            }
        });
        for (int round = 0; round < ROUNDS; round++) {
            int k = round;
            if (round == 4) {
                disturbed.forEach(scene -> answer(scene, k, 1));
                restart(undisturbed, disturbed);
                disturbed.forEach(scene -> answer(scene, k, 2));
                disturbed.forEach(scene -> answer(scene, k, 0));
            } else {
                disturbed.forEach(scene -> answer(scene, k));
            }
            disturbed.forEach(scene -> scene.await(scene.devices.get(0), k));
            if (round == 6) {
                restart(undisturbed, disturbed);
            }
        }
        for (int i = 0; i < disturbed.size(); i++) {
            assertSame(disturbed.get(i), undisturbed.get(i), ROUNDS);
            // Also compares an intermediate model, which is rebuilt from a checkpoint and updates.
            assertSame(disturbed.get(i), undisturbed.get(i), 7);
            assertThat(disturbed.get(i).view().get("state")).isEqualTo("finished");
        }
    }

    private static void assertSame(Scene one, Scene other, int round) {
        Replica replica = one.replica(round);
        assertThat(replica.x()).isEqualTo(other.replica(round).x());
        assertThat(replica.sum()).isEqualTo(other.replica(round).sum());
        assertThat(replica.encode()).isEqualTo(other.replica(round).encode());
        assertThat(one.devices.get(0).model(round))
                .isEqualTo(other.devices.get(0).model(round));
    }

    @Test
    void aRestartBetweenFreezingAndClosingDoesNotChangeTheBits() {
        Scene undisturbed = scene("ef21-norm", "");
        Scene disturbed = scene("ef21-norm", "");
        List<Scene> both = List.of(undisturbed, disturbed);
        both.forEach(scene -> answer(scene, 0));
        both.forEach(scene -> scene.await(scene.devices.get(0), 0));
        both.forEach(scene -> scene.act("pause"));
        both.forEach(scene -> answer(scene, 1));
        // Simulates a kill right after the freezing.
        coordinator.jdbc().update("UPDATE run SET closing = TRUE, state = 'RUNNING' WHERE name = ?", disturbed.run);
        restart(both);
        undisturbed.act("resume");
        both.forEach(scene -> scene.await(scene.devices.get(0), 1));

        assertSame(disturbed, undisturbed, 2);
    }

    @Test
    void givesTheSameReceiptsAsBefore() {
        Scene scene = scene("ef21-norm", "");
        TestDevice device = scene.devices.get(0);
        List<TestDevice.Sent> messages = new ArrayList<>();
        List<Reply> receipts = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            double[] x = device.model(round);
            for (int i = 1; i < 3; i++) {
                scene.devices.get(i).answer(round, TestDevice.gradient(x, i));
            }
            TestDevice.Sent message = device.stage(round, TestDevice.gradient(x, 0));
            messages.add(message);
            receipts.add(device.put(message));
            device.commit(message);
            scene.await(device, round);
        }
        restart(List.of(scene));
        for (int round = 0; round < 3; round++) {
            Reply again = device.put(messages.get(round));
            assertThat(again.status()).isEqualTo(200);
            assertThat(again.text()).isEqualTo(receipts.get(round).text());
        }
        assertThat(device.membership().number("sequence")).isEqualTo(3);
    }

    @Test
    void answersWaitingDevicesAndLimitsTheirNumber() {
        Scene scene = scene("ef21-norm", "");
        WaitingDevices waiting = coordinator.bean(WaitingDevices.class);
        List<CompletableFuture<Reply>> answers = new ArrayList<>();
        for (TestDevice device : scene.devices) {
            answers.add(device.waitForTask(0));
        }
        eventually().until(() -> waiting.count() == 3);
        Reply tooMany = scene.await(scene.devices.get(0), 0);
        assertThat(tooMany.problem()).isEqualTo("busy");
        assertThat(tooMany.header("Retry-After")).isNotEmpty();
        Reply work = scene.devices.get(1).waitForTask(-1).join();
        assertThat(work.number("round")).as("work needs no place").isZero();
        restart(List.of(scene));
        for (CompletableFuture<Reply> answer : answers) {
            assertThat(answer.join().status()).isEqualTo(204);
        }
    }

    @Test
    void aDamagedMessageStopsTheRunInsteadOfBeingAdded() {
        Scene scene = scene("ef21-norm", "");
        scene.devices.get(0).answer(0, TestDevice.gradient(new double[Scene.DIMENSION], 0));
        Long id = coordinator
                .jdbc()
                .queryForObject(
                        "SELECT payload_id FROM message WHERE run_id = (SELECT id FROM run WHERE name = ?)",
                        Long.class,
                        scene.run);
        byte[] payload = coordinator
                .jdbc()
                .queryForList("SELECT data FROM message_payload WHERE id = ?", byte[].class, id)
                .get(0);
        payload[payload.length - 6] ^= 1;
        coordinator.jdbc().update("UPDATE message_payload SET data = ? WHERE id = ?", payload, id);
        // Without a restart, the message would stay in memory, and would not be read from the database.
        restart(List.of(scene));
        for (int i = 1; i < 3; i++) {
            scene.devices.get(i).answer(0, TestDevice.gradient(new double[Scene.DIMENSION], i));
        }
        assertThat(scene.await(scene.devices.get(0), 0).get("state")).isEqualTo("failed");
        assertThat(scene.view().get("message"))
                .contains(
                        "round 0", "client " + scene.devices.get(0).client(), "differs from the one that was accepted");
        assertThat(scene.devices.get(0).model(0)).containsOnly(0);
    }
}
