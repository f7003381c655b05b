package io.evenkeel.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.message.FoldedMessages;
import io.evenkeel.coordinator.message.FoldedMessages.Fold;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.support.SqlArrayValue;

/** A run keeps the rows of its newest messages, and of older messages that may still be requested. */
class MessageFoldingTest extends PrunedRun {

    private static final int MEMBERS = 3;

    @Autowired
    private FoldedMessages folded;

    /** Returns a run whose rounds accept the messages of two of the three devices. */
    private Scene scene() {
        return scene("ef21-norm", FeedbackMethod.EF21, 100, ",\"participants\":{\"min\":2,\"max\":2}");
    }

    private void roundsOf(Scene scene, int from, int to, int first, int second) {
        for (int round = from; round < to; round++) {
            round(scene, round, List.of(scene.devices.get(first), scene.devices.get(second)));
        }
    }

    @Test
    void aLongRunHasTheRowsOfItsNewestRounds() {
        assertHasTheRowsOfItsNewestRounds("ef21-norm", FeedbackMethod.EF21, 100);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({"ef21-norm, EF21, 150", "dcgd, NONE, 100"})
    void aLongerRunHasTheRowsOfItsNewestRounds(String algorithm, FeedbackMethod method, int rounds) {
        assertHasTheRowsOfItsNewestRounds(algorithm, method, rounds);
    }

    private void assertHasTheRowsOfItsNewestRounds(String algorithm, FeedbackMethod method, int rounds) {
        Scene scene = scene(algorithm, method, rounds + 1);
        for (int round = 0; round < rounds; round++) {
            round(scene, round, scene.devices);
            if (round % 50 == 49) {
                prune(scene);
                // The newest rounds remain, and each member's messages since its last compaction, which are at most
                // two.
                assertThat(count(scene, "message", "TRUE")).isLessThanOrEqualTo(MEMBERS * (RECEIPTS + 3));
            }
        }
        assertThat(folded.of(key(scene)))
                .isEqualTo(new Fold(rounds - RECEIPTS, -1, (long) MEMBERS * rounds - count(scene, "message", "TRUE")));
        if (method.retainsSum()) {
            audit(scene, 1e-13);
        }
    }

    @Test
    void rowsOfFoldedRoundsStayUntilTheirMemberIsCompacted() {
        Scene scene = scene();
        roundsOf(scene, 0, 2, 0, 2);
        roundsOf(scene, 2, 30, 0, 1);
        prune(scene);
        assertThat(folded.of(key(scene)).round()).isEqualTo(30 - RECEIPTS);
        assertThat(payloads(scene, 2)).isEqualTo(2);
        assertThat(count(scene, "message", "ordinal = 2")).isEqualTo(2);

        roundsOf(scene, 30, 31, 0, 2);
        prune(scene);

        assertThat(payloads(scene, 2)).isZero();
        assertThat(count(scene, "message", "ordinal = 2")).isEqualTo(1);
        audit(scene, 1e-13);
    }

    @Test
    void aDeviceAbsentForManyRoundsGetsTheReceiptOfItsLastMessage() {
        Scene scene = scene();
        TestDevice gone = scene.devices.get(2);
        roundsOf(scene, 0, 2, 0, 2);
        TestDevice.Sent last = gone.stage(2, gradient());
        Reply receipt = gone.put(last);
        scene.devices.get(0).answer(2, gradient());
        scene.await(scene.devices.get(0), 2);
        roundsOf(scene, 3, 30, 0, 1);
        prune(scene);
        assertThat(folded.of(key(scene)).round()).isEqualTo(30 - RECEIPTS);

        Reply again = gone.put(last);

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(receipt.text());
        assertThat(gone.membership().text()).contains(receipt.text());
        gone.commit(last);
        roundsOf(scene, 30, 31, 0, 2);
        audit(scene, 1e-13);
    }

    @Test
    void aRepetitionOfAnOlderMessageIsRefusedAndChangesNothing() {
        Scene scene = scene();
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent old = device.stage(0, gradient());
        assertThat(device.put(old).status()).isEqualTo(201);
        device.commit(old);
        scene.devices.get(1).answer(0, gradient());
        scene.await(device, 0);
        roundsOf(scene, 1, 12, 0, 1);
        prune(scene);
        String before = scene.fingerprint();

        Reply again = device.put(old);

        assertThat(again.problem()).isEqualTo("round-closed");
        assertThat(again.get("detail"))
                .isEqualTo("round 0 of run '" + scene.run + "' is closed: if client " + device.client()
                        + " sent message 1 before, its receipt is no longer kept; the last message accepted from it is"
                        + " number 12");
        assertThat(scene.fingerprint()).isEqualTo(before);
    }

    @Test
    void aDevicesStateIsUnchanged() {
        Scene scene = scene();
        for (int round = 0; round < 20; round++) {
            roundsOf(scene, round, round + 1, 0, round % 5 == 0 ? 1 : 2);
            prune(scene);
            for (TestDevice device : scene.devices) {
                Reply state = device.http().get("/runs/" + scene.run + "/members/me/state");
                assertThat(FrameCodec.decode(state.body(), FrameLimits.of(Scene.DIMENSION))
                                .toDense())
                        .isEqualTo(device.memory());
            }
            audit(scene, 1e-13);
        }
    }

    @Test
    void uncompactedMessagesOfOldRoundsAreDeletedOnceTheyAreCompacted() {
        Scene scene = scene();
        roundsOf(scene, 0, 2, 0, 1);
        roundsOf(scene, 2, 20, 0, 2);
        prune(scene);
        assertThat(count(scene, "message", "ordinal = 1")).isEqualTo(2);

        roundsOf(scene, 20, 21, 0, 1);
        prune(scene);

        assertThat(payloads(scene, 1)).isZero();
        assertThat(count(scene, "message", "ordinal = 1")).isEqualTo(1);
        audit(scene, 1e-13);
    }

    @Test
    void theLastMessageOfAMemberThatLeftStays() {
        Scene scene = scene();
        roundsOf(scene, 0, 2, 0, 1);
        scene.devices.get(1).leave();
        roundsOf(scene, 2, 12, 0, 2);
        prune(scene);

        assertThat(count(scene, "message", "ordinal = 1 AND sequence = 2")).isEqualTo(1);
        assertThat(count(scene, "message", "ordinal = 1")).isEqualTo(1);
        audit(scene, 1e-13);
    }

    @Test
    void roundsWhoseMessagesMayStillComeAreNotFolded() {
        Scene scene = scene("dcgd", FeedbackMethod.NONE, 40, ",\"staleness\":9");
        rounds(scene, 0, 12);

        prune(scene);

        assertThat(folded.of(key(scene)).round()).isEqualTo(2);
    }

    @Test
    void aRoundWhoseMessagesWereChangedIsKept() {
        Scene scene = scene();
        roundsOf(scene, 0, 12, 0, 1);
        jdbc.update("UPDATE message SET bytes = bytes + 1 WHERE run_id = ? AND included_in = 3", key(scene));

        assertThatThrownBy(() -> prune(scene))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("round 3 of run '" + scene.run + "'");

        assertThat(count(scene, "message", "included_in = 3")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "message | DELETE FROM message WHERE run_id = $run AND included_in = 10",
                "message | UPDATE message SET digest = digest + 1 WHERE run_id = $run AND included_in = 10",
                "message | DELETE FROM message WHERE run_id = $run AND ordinal = 1 AND sequence = 1",
                "message | UPDATE folded_messages SET messages = messages + 1 WHERE run_id = $run",
                "member_chain | DELETE FROM message WHERE run_id = $run AND ordinal = 1 AND sequence = 2",
                "member_chain | UPDATE message SET digest = digest + 1 WHERE run_id = $run AND ordinal = 1 AND sequence = 2",
                "member_chain | UPDATE message SET sequence = 3 WHERE run_id = $run AND ordinal = 1 AND sequence = 2"
            })
    void anAuditFindsMissingAndChangedRows(String table, String statement) {
        Scene scene = scene();
        roundsOf(scene, 0, 2, 0, 1);
        roundsOf(scene, 2, 12, 0, 2);
        prune(scene);
        audit(scene, 1e-13);

        assertThat(jdbc.update(statement.replace("$run", Long.toString(key(scene)))))
                .isPositive();

        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.problem()).isEqualTo("storage-damaged");
        assertThat(audit.get("table")).isEqualTo(table);
    }

    @Test
    void foldsAtMostTwoThousandMessagesInAStep() {
        Scene scene = scene("dcgd", FeedbackMethod.NONE, 40);
        round(scene, 0, scene.devices);
        long run = key(scene);
        // Simulates round 0 with two messages of each device, which an earlier version wrote without the round's hash.
        jdbc.update("UPDATE run SET round_number = 10 WHERE id = ?", run);
        jdbc.update("DELETE FROM run_chain WHERE run_id = ?", run);
        jdbc.update(
                "INSERT INTO member (run_id, client_id, ordinal, weight, active_from, joined_at)"
                        + " SELECT ?, 'none', added.ordinal, 1, 0, CURRENT_TIMESTAMP"
                        + " FROM UNNEST(CAST(? AS INTEGER ARRAY)) AS added(ordinal)",
                run,
                new SqlArrayValue("INTEGER", IntStream.range(3, 1503).boxed().toArray()));
        jdbc.update(
                "INSERT INTO member_chain (member_id, sequence, head, last_round, bytes)"
                        + " SELECT id, 2, 0, 0, 2 FROM member WHERE run_id = ? AND ordinal > 2",
                run);
        for (int sequence = 1; sequence <= 2; sequence++) {
            jdbc.update(
                    "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest,"
                            + " accepted_at, bytes) SELECT id, ?, run_id, ordinal, 0, ?, 0, CURRENT_TIMESTAMP, 1"
                            + " FROM member WHERE run_id = ? AND ordinal > 2",
                    sequence - 2,
                    sequence,
                    run);
        }

        assertThat(foldedInAStep(scene)).isEqualTo(new Fold(0, 1001, 999));
        assertThat(foldedInAStep(scene)).isEqualTo(new Fold(4, -1, 1500));
        assertThat(prune(scene)).isZero();
        assertThat(count(scene, "message", "sequence = 1")).isEqualTo(MEMBERS);
        assertThat(count(scene, "message", "sequence = 2")).isEqualTo(1500);
    }

    private Fold foldedInAStep(Scene scene) {
        Fold before = folded.of(key(scene));
        while (folded.of(key(scene)).equals(before) && prune(scene, 1) > 0) {
            assertThat(before).isNotNull();
        }
        return folded.of(key(scene));
    }
}
