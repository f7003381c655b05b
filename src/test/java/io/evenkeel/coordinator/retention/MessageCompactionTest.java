package io.evenkeel.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Compaction does not change receipts, recovered states or the bits of the sum. */
class MessageCompactionTest extends PrunedRun {

    @Autowired
    private MemberVectors vectors;

    @Autowired
    private PlanCache plans;

    @Autowired
    private DurableTransactions transactions;

    private static void assertGivesBack(Scene scene, TestDevice device) {
        Reply state = device.http().get("/runs/" + scene.run + "/members/me/state");
        assertThat(state.status()).isEqualTo(200);
        assertThat(FrameCodec.decode(state.body(), FrameLimits.of(Scene.DIMENSION))
                        .toDense())
                .isEqualTo(device.memory());
        assertThat(state.header("Evenkeel-Sequence")).isEqualTo(Long.toString(device.sequence()));
        assertThat(state.header("Evenkeel-Head")).isEqualTo(Digest.toHex(device.head()));
    }

    @Test
    void aDeviceGetsTheSameBitsBackFromSnapshotAndLaterMessages() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        for (int round = 0; round < 11; round++) {
            round(scene, round, scene.devices);
            prune(scene);
            scene.devices.forEach(device -> assertGivesBack(scene, device));
        }
        assertThat(payloads(scene, 0)).isLessThan(3);
        scene.devices.get(1).answer(11, gradient());
        assertGivesBack(scene, scene.devices.get(1));
    }

    @Test
    void anAdvancedVectorHasTheBitsOfARebuiltOneUnlessItsMessagesAreCompacted() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        TestDevice device = scene.devices.get(1);
        rounds(scene, 0, 4);
        MemberVector kept = rebuild(scene, device);
        rounds(scene, 4, 6);
        assertThat(advance(scene, device, kept)).isTrue();
        assertThat(kept.values()).isEqualTo(device.memory());
        assertThat(kept.head()).isEqualTo(device.head());
        rounds(scene, 6, 9);
        assertThat(prune(scene)).isPositive();
        assertThat(advance(scene, device, kept)).isFalse();
        assertThat(rebuild(scene, device).values()).isEqualTo(device.memory());
    }

    private MemberVectors.Wanted wanted(Scene scene, TestDevice device) {
        return jdbc.queryForObject(
                "SELECT m.id, m.ordinal FROM member m JOIN run r ON r.id = m.run_id WHERE r.name = ? AND m.client_id ="
                        + " ?",
                (row, i) -> new MemberVectors.Wanted(key(scene), row.getLong(1), row.getInt(2), device.sequence()),
                scene.run,
                device.client());
    }

    private MemberVector rebuild(Scene scene, TestDevice device) {
        return transactions.read(() -> vectors.rebuild(plans.named(scene.run).plan(), wanted(scene, device)));
    }

    private boolean advance(Scene scene, TestDevice device, MemberVector vector) {
        return transactions.read(() -> vectors.advance(plans.named(scene.run).plan(), wanted(scene, device), vector));
    }

    @Test
    void messagesOfTheOpenRoundAreNotCompacted() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        scene.devices.get(0).answer(3, gradient());
        assertThat(prune(scene)).isPositive();
        assertThat(payloads(scene, 0)).isEqualTo(1);
        assertThat(payloads(scene, 1)).isZero();
    }

    @Test
    void theByteCountersOfMembersAndSnapshotsAddUp() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 3);
        assertThat(prune(scene)).isPositive();
        rounds(scene, 3, 5);
        scene.devices.get(1).leave();
        round(scene, 5, List.of(scene.devices.get(0), scene.devices.get(2)));
        assertThat(prune(scene)).isPositive();
        assertBytesAddUp(scene);
    }

    @Test
    void aReceiptNeverChanges() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent sent = device.stage(0, gradient());
        Reply receipt = device.put(sent);
        device.commit(sent);
        scene.devices.subList(1, 3).forEach(other -> other.answer(0, gradient()));
        scene.await(device, 0);
        rounds(scene, 1, 5);
        assertThat(prune(scene)).isPositive();
        assertThat(payloads(scene, 0)).isZero();

        Reply again = device.put(sent);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(receipt.text());
        assertThat(device.put(0, device.stage(0, gradient()).bytes).problem()).isEqualTo("conflict");
    }

    @Test
    void membersChangeAfterCompactionWithTheSameBitsAsWithoutIt() {
        Scene compacted = scene("ef21-norm", FeedbackMethod.EF21, 40);
        Scene whole = scene("ef21-norm", FeedbackMethod.EF21, 40);
        for (Scene scene : List.of(compacted, whole)) {
            random.setSeed(5);
            rounds(scene, 0, 4);
            if (scene == compacted) {
                assertThat(prune(scene)).isPositive();
            }
            rounds(scene, 4, 5);
            scene.devices.get(0).join(2.5);
            assertThat(scene.devices.get(1).leave().status()).isEqualTo(204);
            round(scene, 5, List.of(scene.devices.get(0), scene.devices.get(2)));
        }
        assertThat(compacted.replica(6).sum()).isEqualTo(whole.replica(6).sum());
        assertThat(compacted.replica(6).x()).isEqualTo(whole.replica(6).x());
        audit(compacted, 1e-13);
        audit(whole, 1e-13);
    }

    @Test
    void messagesOfAMemberThatLeftAreDroppedOnceTheyAreOutOfTheSum() {
        Scene scene = scene("ef21-norm", FeedbackMethod.EF21, 40);
        rounds(scene, 0, 2);
        TestDevice leaver = scene.devices.get(1);
        leaver.leave();
        prune(scene);
        assertThat(payloads(scene, 1)).isEqualTo(2);
        List<TestDevice> others = List.of(scene.devices.get(0), scene.devices.get(2));
        round(scene, 2, others);
        assertThat(prune(scene)).isPositive();
        assertThat(payloads(scene, 1)).isZero();
        assertThat(count(scene, "message", "ordinal = 1")).isEqualTo(2);
        audit(scene, 1e-13);
    }

    @ParameterizedTest
    @CsvSource({"dcgd, NONE", "ef14-decay, EF14_DECAY"})
    void withoutAPersistentSumMessagesOfClosedRoundsAreDroppedAndMembersHaveNoVectors(
            String algorithm, FeedbackMethod method) {
        Scene scene = scene(algorithm, method, 40);
        rounds(scene, 0, 3);
        scene.devices.get(0).answer(3, gradient());
        prune(scene);
        assertThat(count(scene, "message", "payload_id IN (SELECT id FROM message_payload)"))
                .isEqualTo(1);
        assertThat(jdbc.queryForObject(
                        "SELECT COUNT(*) FROM member_snapshot JOIN member ON member_id = id WHERE run_id = ?",
                        Integer.class,
                        key(scene)))
                .isZero();
        scene.devices.subList(1, 3).forEach(device -> device.answer(3, gradient()));
        scene.await(scene.devices.get(0), 3);
        assertThat(scene.view().number("round")).isEqualTo(4);
    }
}
