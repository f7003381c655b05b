package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.history.Retention;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.run.Plans;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.FrameCodec;
import io.evenkeel.core.wire.FrameLimits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

/** What was folded and thinned out is missed by nobody who was promised it. */
@CoordinatorTest
@TestPropertySource(
        properties = {
            "evenkeel.retention.every=0",
            "evenkeel.retention.fold-messages=3",
            "evenkeel.retention.fold-bytes-per-parameter=0",
            "evenkeel.retention.checkpoints=2",
            "evenkeel.retention.models-every=8",
            "evenkeel.retention.updates=6",
            "evenkeel.rounds.checkpoint-every=2"
        })
class RetentionTest {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private Plans plans;

    @Autowired
    private Models models;

    @Autowired
    private Retention retention;

    private final Random random = new Random(11);

    private Scene scene(String algorithm, FeedbackMethod method, int rounds) {
        return new Scene("http://localhost:" + port, jdbc, Scene.newName(), "top-k:2", method)
                .create(algorithm, rounds, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(3)
                .start();
    }

    private double[] gradient() {
        return random.doubles(Scene.DIMENSION, -1, 1).toArray();
    }

    /** Some devices answer a round, which closes with that. */
    private void round(Scene scene, int round, List<TestDevice> devices) {
        devices.forEach(device -> device.answer(round, gradient()));
        scene.await(devices.get(0), round);
    }

    private void rounds(Scene scene, int from, int to) {
        for (int round = from; round < to; round++) {
            round(scene, round, scene.devices);
        }
    }

    /** To the end of what there is to do; returns in how many steps. */
    private int thinOut(Scene scene) {
        int steps = 0;
        while (retention.step(plans.named(scene.run).run())) {
            steps++;
        }
        return steps;
    }

    private int payloads(Scene scene, int ordinal) {
        return count(scene, "message", "payload IS NOT NULL AND ordinal = " + ordinal);
    }

    private int count(Scene scene, String table, String condition) {
        Integer count = jdbc.queryForObject(
                "SELECT COUNT(*) FROM " + table + " WHERE run_id = ? AND " + condition,
                Integer.class,
                plans.named(scene.run).run());
        return count == null ? -1 : count;
    }

    private static void assertGivesBack(Scene scene, TestDevice device) {
        Reply state = device.http().get("/runs/" + scene.run + "/members/me/state");
        assertThat(state.status()).isEqualTo(200);
        assertThat(FrameCodec.decode(state.body(), FrameLimits.of(Scene.DIMENSION))
                        .toDense())
                .isEqualTo(device.memory());
        assertThat(state.header("Evenkeel-Sequence")).isEqualTo(Long.toString(device.sequence()));
        assertThat(state.header("Evenkeel-Head")).isEqualTo(Digest.toHex(device.head()));
    }

    private static Reply audit(Scene scene, double tolerance) {
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.status()).as(audit.toString()).isEqualTo(200);
        assertThat(audit.get("agrees")).isEqualTo("true");
        assertThat(Double.parseDouble(audit.get("relativeDifference"))).isLessThan(tolerance);
        return audit;
    }

    @Test
    void aDeviceGetsTheSameBitsBackFromSnapshotAndLaterMessages() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        for (int round = 0; round < 11; round++) {
            round(scene, round, scene.devices);
            thinOut(scene);
            scene.devices.forEach(device -> assertGivesBack(scene, device));
        }
        assertThat(payloads(scene, 0)).isLessThan(3);
        scene.devices.get(1).answer(11, gradient());
        assertGivesBack(scene, scene.devices.get(1));
    }

    @Test
    void messagesOfTheOpenRoundAreNotFolded() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        scene.devices.get(0).answer(3, gradient());
        assertThat(thinOut(scene)).isPositive();
        assertThat(payloads(scene, 0)).isEqualTo(1);
        assertThat(payloads(scene, 1)).isZero();
    }

    @Test
    void aReceiptIsTheSameForEver() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent sent = device.stage(0, gradient());
        Reply receipt = device.put(sent);
        device.commit(sent);
        scene.devices.subList(1, 3).forEach(other -> other.answer(0, gradient()));
        scene.await(device, 0);
        rounds(scene, 1, 5);
        assertThat(thinOut(scene)).isPositive();
        assertThat(payloads(scene, 0)).isZero();

        Reply again = device.put(sent);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(receipt.text());
        assertThat(device.put(0, device.stage(0, gradient()).bytes).problem()).isEqualTo("conflict");
    }

    @Test
    void membersChangeAfterFoldingAsExactlyAsWithoutIt() {
        Scene folded = scene("ef21-norm", FeedbackMethod.EF21, 40);
        Scene whole = scene("ef21-norm", FeedbackMethod.EF21, 40);
        for (Scene scene : List.of(folded, whole)) {
            random.setSeed(5);
            rounds(scene, 0, 4);
            if (scene == folded) {
                assertThat(thinOut(scene)).isPositive();
            }
            rounds(scene, 4, 5);
            scene.devices.get(0).join(2.5);
            assertThat(scene.devices.get(1).leave().status()).isEqualTo(204);
            round(scene, 5, List.of(scene.devices.get(0), scene.devices.get(2)));
        }
        assertThat(folded.replica(6).sum()).isEqualTo(whole.replica(6).sum());
        assertThat(folded.replica(6).x()).isEqualTo(whole.replica(6).x());
        audit(folded, 1e-13);
        audit(whole, 1e-13);
    }

    @Test
    void aLeaversMessagesAreDroppedOnceItIsOutOfTheSum() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 2);
        TestDevice leaver = scene.devices.get(1);
        leaver.leave();
        thinOut(scene);
        assertThat(payloads(scene, 1)).isEqualTo(2);
        List<TestDevice> others = List.of(scene.devices.get(0), scene.devices.get(2));
        round(scene, 2, others);
        assertThat(thinOut(scene)).isPositive();
        assertThat(payloads(scene, 1)).isZero();
        assertThat(count(scene, "message", "ordinal = 1")).isEqualTo(2);
        audit(scene, 1e-13);
    }

    @Test
    void whereNoSumPersistsAClosedRoundsMessagesAreDropped() {
        Scene scene = scene("dcgd", FeedbackMethod.NONE, 40);
        rounds(scene, 0, 3);
        scene.devices.get(0).answer(3, gradient());
        thinOut(scene);
        assertThat(count(scene, "message", "payload IS NOT NULL")).isEqualTo(1);
        scene.devices.subList(1, 3).forEach(device -> device.answer(3, gradient()));
        scene.await(scene.devices.get(0), 3);
        assertThat(scene.view().number("round")).isEqualTo(4);
    }

    @Test
    void keepsTheModelsItPromises() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 21);
        rounds(scene, 0, 21);
        List<double[]> before = IntStream.rangeClosed(0, 21)
                .mapToObj(scene.devices.get(0)::model)
                .toList();
        assertThat(thinOut(scene)).isPositive();
        models.forget(plans.named(scene.run).run());

        // Checkpoints were made at 0, 2, ..., 20 and at the end, 21: the two newest are 20 and 21.
        for (int round : List.of(0, 8, 16, 20, 21)) {
            assertThat(stored(scene, round)).isEqualTo(before.get(round));
        }
        for (int round : List.of(1, 2, 9, 14, 15)) {
            assertThat(model(scene, round).problem()).isEqualTo("model-not-kept");
        }
        assertThat(update(scene, 15).status()).isEqualTo(200);
        assertThat(update(scene, 14).problem()).isEqualTo("model-not-kept");
        assertThat(scene.record(3).status()).isEqualTo(200);
        audit(scene, 1e-13);
    }

    /** As npy, which nobody asked for before, so that it comes from no cache. */
    private static Reply model(Scene scene, int round) {
        return scene.operator.get("/runs/" + scene.run + "/rounds/" + round + "/model?dtype=float64&format=npy");
    }

    private static double[] stored(Scene scene, int round) {
        Reply reply = model(scene, round);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        double[] x = new double[Scene.DIMENSION];
        ByteBuffer.wrap(reply.body(), reply.body().length - 8 * x.length, 8 * x.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(x);
        return x;
    }

    private static Reply update(Scene scene, int since) {
        return scene.devices.get(0).http().get("/runs/" + scene.run + "/rounds/21/update?since=" + since);
    }

    @Test
    void theSumIsThatOfTheMessagesWhateverTheMembersDo() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 60);
        for (int round = 0; round < 50; round++) {
            int active = round;
            scene.devices.stream()
                    .filter(device -> isAsked(device, active))
                    .filter(device -> device.join(random.nextInt(5) == 0 ? 0.5 + random.nextInt(9) : 1)
                                    .status()
                            == 200)
                    .forEach(device -> device.answer(active, gradient()));
            awaitRound(scene, round + 1);
            change(scene);
            if (random.nextBoolean()) {
                thinOut(scene);
            }
            audit(scene, 1e-12);
        }
    }

    /** A device that joined in the open round is asked in the next one, which may be open by now. */
    private static boolean isAsked(TestDevice device, int round) {
        Reply task = device.task(round - 1);
        return task.status() == 200 && task.number("round") == round;
    }

    private void change(Scene scene) {
        switch (random.nextInt(6)) {
            case 0 -> scene.member(1 + random.nextInt(3));
            case 1 -> leave(scene, random.nextInt(scene.devices.size()));
            default -> {}
        }
    }

    private static void leave(Scene scene, int device) {
        if (scene.view().number("members") > 2) {
            scene.operator.delete("/runs/" + scene.run + "/members/"
                    + scene.devices.get(device).client());
            scene.devices.remove(device);
        }
    }

    private static void awaitRound(Scene scene, int round) {
        scene.await(scene.devices.get(0), round - 1);
        assertThat(scene.view().number("round")).isEqualTo(round);
    }

    @Test
    void anAuditShowsAMessageThatWasCountedWithAnotherWeight() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        jdbc.update(
                "UPDATE member SET weight = 2 WHERE run_id = ? AND ordinal = 1",
                plans.named(scene.run).run());
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.get("agrees")).isEqualTo("false");
        assertThat(Double.parseDouble(audit.get("absoluteDifference"))).isPositive();
        assertThat(audit.number("members")).isEqualTo(3);
        assertThat(audit.number("messages")).isEqualTo(9);
    }

    @Test
    void aDamagedSnapshotStopsTheRun() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 4);
        thinOut(scene);
        int changed = jdbc.update(
                "UPDATE member_snapshot SET head = head + 1 WHERE member_id IN"
                        + " (SELECT id FROM member WHERE run_id = ? AND ordinal = 2)",
                plans.named(scene.run).run());
        assertThat(changed).isEqualTo(1);
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.problem()).isEqualTo("storage-damaged");
        assertThat(audit.get("client")).isEqualTo(scene.devices.get(2).client());
        assertThat(scene.view().get("state")).isEqualTo("failed");
    }
}
