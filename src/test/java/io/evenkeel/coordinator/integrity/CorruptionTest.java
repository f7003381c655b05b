package io.evenkeel.coordinator.integrity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.message.DecodedMessageCache;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.retention.HistoryReading;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.problem.ProblemException;
import java.sql.SQLException;
import java.util.List;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Damaged bytes in the database stop the run and are reported; they never reach the model. */
@CoordinatorTest
class CorruptionTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private PlanCache plans;

    @Autowired
    private HistoryReading history;

    @Autowired
    private Models models;

    @Autowired
    private RoundScheduler heartbeat;

    @Autowired
    private DecodedMessageCache kept;

    private Scene scene(int rounds) {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "")
                .members(2)
                .start();
        for (int round = 0; round < rounds; round++) {
            answer(scene, round, 0);
            answer(scene, round, 1);
            scene.await(scene.devices.get(0), round);
        }
        return scene;
    }

    private static void answer(Scene scene, int round, int device) {
        TestDevice sender = scene.devices.get(device);
        sender.answer(round, TestDevice.gradient(sender.model(round), device));
    }

    private long id(Scene scene) {
        return plans.named(scene.run).run();
    }

    /** Flips one bit in the middle of a blob. */
    private void flip(String table, String column, String where, Object... arguments) {
        byte[] bytes = jdbc.query(
                        "SELECT " + column + " FROM " + table + " WHERE " + where,
                        (row, i) -> row.getBytes(1),
                        arguments)
                .get(0);
        bytes[bytes.length / 2] ^= 4;
        Object[] all = new Object[arguments.length + 1];
        all[0] = bytes;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        assertThat(jdbc.update("UPDATE " + table + " SET " + column + " = ? WHERE " + where, all))
                .isEqualTo(1);
    }

    /** Flips a bit in a message and clears the caches, since a round closes without reading messages in memory. */
    private void flipMessage(Scene scene, int round, int ordinal) {
        kept.keepOnly(List.of());
        flip(
                "message_payload",
                "data",
                "id = (SELECT payload_id FROM message WHERE run_id = ? AND round_number = ? AND ordinal = ?)",
                id(scene),
                round,
                ordinal);
    }

    private static void assertStopped(Scene scene, String... parts) {
        assertThat(scene.view().get("state")).isEqualTo("failed");
        assertThat(scene.view().get("message")).contains(parts).contains("restore the database from a backup");
    }

    private static void assertTold(Reply reply, Scene scene, int round) {
        assertThat(reply.problem()).isEqualTo("storage-damaged");
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.get("run")).isEqualTo(scene.run);
        assertThat(reply.number("round")).isEqualTo(round);
    }

    @Test
    void aDamagedPageOfTheDatabaseFileStopsOnlyTheUnreadableRun() {
        Scene damaged = scene(1);
        Scene other = scene(1);
        DataAccessException failure = new UncategorizedSQLException(
                "reading",
                "SELECT t.data FROM round_update t",
                new SQLException(
                        "General error",
                        "HY000",
                        50000,
                        new MVStoreException(DataUtils.ERROR_FILE_CORRUPT, "Unable to read the page")));

        assertThatThrownBy(() -> history.read(plans.named(damaged.run), "a test", () -> {
                    throw failure;
                }))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        told -> assertThat(told.detail())
                                .isEqualTo("run '" + damaged.run
                                        + "': the database file is damaged in table round_update"));

        assertStopped(damaged, "the database file is damaged in table round_update");
        answer(other, 1, 0);
        answer(other, 1, 1);
        assertThat(other.await(other.devices.get(0), 1).number("round")).isEqualTo(2);
    }

    @Test
    void aMessageOfTheClosingRound() {
        Scene scene = scene(1);
        double[] before = scene.devices.get(0).model(1);
        answer(scene, 1, 0);
        flipMessage(scene, 1, 0);
        answer(scene, 1, 1);
        assertThat(scene.await(scene.devices.get(1), 1).get("state")).isEqualTo("failed");
        assertStopped(
                scene,
                "run '" + scene.run + "', round 1, client "
                        + scene.devices.get(0).client());
        assertThat(scene.devices.get(1).model(1)).isEqualTo(before);
    }

    @Test
    void aMessageMissingFromTheClosingRound() {
        Scene scene = scene(1);
        answer(scene, 1, 0);
        jdbc.update("DELETE FROM message WHERE run_id = ? AND round_number = 1", id(scene));
        answer(scene, 1, 1);
        assertThat(scene.await(scene.devices.get(1), 1).get("state")).isEqualTo("failed");
        assertStopped(scene, "1 messages are stored, but 2 were accepted");
    }

    @Test
    void anEarlierMessageOfAMemberThatLeft() {
        Scene scene = scene(3);
        flipMessage(scene, 1, 1);
        assertThat(scene.devices.get(1).leave().status()).isEqualTo(204);
        answer(scene, 3, 0);
        assertThat(scene.await(scene.devices.get(0), 3).get("state")).isEqualTo("failed");
        assertStopped(scene, "round 1, client " + scene.devices.get(1).client());
    }

    @Test
    void aMessageNeededToRecoverADevicesState() {
        Scene scene = scene(2);
        flipMessage(scene, 1, 0);
        TestDevice device = scene.devices.get(0);
        Reply reply = device.http().get("/runs/" + scene.run + "/members/me/state");
        assertTold(reply, scene, 1);
        assertThat(reply.get("client")).isEqualTo(device.client());
        assertStopped(scene, "round 1, client " + device.client());
    }

    @Test
    void aMessageMissingFromTheChain() {
        Scene scene = scene(3);
        jdbc.update("DELETE FROM message WHERE run_id = ? AND round_number = 1 AND ordinal = 0", id(scene));
        Reply reply = scene.devices.get(0).http().get("/runs/" + scene.run + "/members/me/state");
        assertTold(reply, scene, 2);
        assertThat(reply.get("detail")).contains("a message is missing");
    }

    @Test
    void aCheckpointThatTheNextRoundNeedsAfterARestart() {
        Scene scene = scene(2);
        flip("checkpoint", "state", "run_id = ?", id(scene));
        models.forget(id(scene));
        blindly(scene, 2);
        assertStopped(scene, "round 0: the stored checkpoint differs from the one that was written");
    }

    @Test
    void theStepRulesMemoryInACheckpoint() {
        Scene scene = scene(2);
        jdbc.update("UPDATE checkpoint SET memory = ? WHERE run_id = ?", new byte[8], id(scene));
        assertTold(scene.operator.get("/runs/" + scene.run + "/rounds/1/model"), scene, 0);
        assertStopped(scene, "checkpoint");
    }

    @Test
    void anUpdateThatAnOlderModelNeeds() {
        Scene scene = scene(3);
        flip("round_update", "data", "run_id = ? AND round_number = 1", id(scene));
        assertTold(scene.operator.get("/runs/" + scene.run + "/rounds/2/model"), scene, 1);
        assertStopped(scene, "round 1: the stored update differs from the one that was written");
    }

    @Test
    void anUpdateOfAnotherRound() {
        Scene scene = scene(3);
        byte[] other = jdbc.queryForList(
                        "SELECT data FROM round_update WHERE run_id = ? AND round_number = 2", byte[].class, id(scene))
                .get(0);
        jdbc.update("UPDATE round_update SET data = ? WHERE run_id = ? AND round_number = 1", other, id(scene));
        assertTold(scene.operator.get("/runs/" + scene.run + "/rounds/2/model"), scene, 1);
        assertStopped(scene, "round 1: the stored update differs from the one that was written");
    }

    @Test
    void anUpdateThatADeviceNeeds() {
        Scene scene = scene(3);
        flip("round_update", "data", "run_id = ? AND round_number = 1", id(scene));
        assertTold(scene.devices.get(0).http().get("/runs/" + scene.run + "/rounds/3/update?since=0"), scene, 1);
    }

    @Test
    void aMissingUpdate() {
        Scene scene = scene(3);
        jdbc.update("DELETE FROM round_update WHERE run_id = ? AND round_number = 1", id(scene));
        models.forget(id(scene));
        blindly(scene, 3);
        assertStopped(scene, "round 1: the stored update is missing");
    }

    /** Answers with all devices without downloading the model, which the coordinator may not have in memory. */
    private void blindly(Scene scene, int round) {
        scene.devices.forEach(device -> device.answer(round, new double[] {1, 2, 3, 4, 5, 6}));
        heartbeat.tick();
    }
}
