package io.evenkeel.coordinator.integrity;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.retention.PrunedRun;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** S is the sum of all w_i g_i after any membership change and any compaction, and an audit reports deviations. */
class SumVerificationTest extends PrunedRun {

    private static final int ROUNDS =
            Boolean.getBoolean("evenkeel.test.full") ? 50 : Boolean.getBoolean("evenkeel.test.ci") ? 30 : 15;

    @ParameterizedTest
    @CsvSource({"'', 1e-12", "',\"robust\":\"clip:1\"', 4.9e-324"})
    void theSumAlwaysMatchesTheMessages(String more, double tolerance) {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, ROUNDS + 5, more);
        for (int round = 0; round < ROUNDS; round++) {
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
                prune(scene);
            }
            audit(scene, tolerance);
        }
    }

    /**
     * Returns whether a device takes part in a round. A device that joins takes part from the next round, which may
     * already be open.
     */
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
        jdbc.update("UPDATE member SET weight = 2 WHERE run_id = ? AND ordinal = 1", key(scene));
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
        prune(scene);
        int changed = jdbc.update(
                "UPDATE member_snapshot SET head = head + 1 WHERE member_id IN"
                        + " (SELECT id FROM member WHERE run_id = ? AND ordinal = 2)",
                key(scene));
        assertThat(changed).isEqualTo(1);
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.problem()).isEqualTo("storage-damaged");
        assertThat(audit.get("client")).isEqualTo(scene.devices.get(2).client());
        assertThat(scene.view().get("state")).isEqualTo("failed");
    }

    @Test
    void aDeviceThatLeavesAndReturnsContributesOnlyItsNewVector() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        TestDevice before = scene.devices.remove(1);
        assertThat(before.leave().status()).isEqualTo(204);
        assertThat(audit(scene, 1e-13).number("members")).isEqualTo(3);
        round(scene, 3, scene.devices);
        assertThat(audit(scene, 1e-13).number("members")).isEqualTo(2);

        TestDevice after = before.anew();
        assertThat(after.join(2).status()).isEqualTo(201);
        round(scene, 4, scene.devices);
        scene.devices.add(after);
        rounds(scene, 5, 8);

        Reply audit = audit(scene, 1e-13);
        assertThat(audit.number("members")).isEqualTo(3);
        assertThat(audit.number("messages")).isEqualTo(8 + 8 + 3);
        assertThat(Scene.difference(scene.replica(8).sum(), scene.devices, 1, 1, 2))
                .isLessThan(1e-13);
        assertThat(prune(scene)).isPositive();
        audit(scene, 1e-13);
    }
}
