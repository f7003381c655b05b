package io.evenkeel.coordinator.deletion;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunTable.DeletedRun;
import io.evenkeel.coordinator.task.WaitingDevices;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RunDeletionTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private DeletionWork work;

    @Autowired
    private DeletedRunRows rows;

    @Autowired
    private WaitingDevices waiting;

    @Autowired
    private DurableTransactions transactions;

    private Scene scene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName() + "-deleted", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, more);
    }

    private Scene trained(String more) {
        Scene scene = scene(more).members(2).start();
        scene.closeRound(0, GRADIENT);
        scene.closeRound(1, GRADIENT);
        return scene.act("cancel");
    }

    private static Reply delete(Scene scene) {
        return scene.operator.delete("/runs/" + scene.run);
    }

    private long id(Scene scene) {
        return Objects.requireNonNull(jdbc.queryForObject("SELECT id FROM run WHERE name = ?", Long.class, scene.run));
    }

    /** Completes all background work. On a shared database the last row is deleted a minute later. */
    private void finish(long run) {
        clock.advance(Duration.ofSeconds(61));
        eventually().until(() -> {
            work.work();
            return rowsOf("run", "id", run) == 0;
        });
    }

    private int rowsOf(String table, String column, long run) {
        return Objects.requireNonNull(
                jdbc.queryForObject("SELECT COUNT(*) FROM " + table + " WHERE " + column + " = ?", Integer.class, run));
    }

    /** Returns the number of a run's rows in each table. */
    private Map<String, Integer> rows(long run) {
        List<String> tables = jdbc.queryForList(
                "SELECT LOWER(table_name) FROM information_schema.columns WHERE LOWER(column_name) = 'run_id'"
                        + " AND LOWER(table_schema) = 'public' AND LOWER(table_name) NOT LIKE 'hte%'",
                String.class);
        Map<String, Integer> rows = new TreeMap<>();
        tables.forEach(table -> rows.put(table, rowsOf(table, "run_id", run)));
        return rows;
    }

    private void insertTheRest(long run) {
        byte[] bytes = {1, 2, 3};
        OffsetDateTime now = OffsetDateTime.parse("2026-03-01T12:00:00Z");
        jdbc.update("INSERT INTO run_refusal VALUES (?, 'round_closed', 5)", run);
        jdbc.update(
                "INSERT INTO run_revision (run_id, revision, from_round, changed_at, changed_by, changes)"
                        + " VALUES (?, 1, 1, ?, 'x', '[]')",
                run,
                now);
        jdbc.update("INSERT INTO round_decline VALUES (?, 1, 0, 'BUSY', ?)", run, now);
        jdbc.update("INSERT INTO round_draw VALUES (?, 1, 2, 3, ?)", run, bytes);
        jdbc.update("INSERT INTO round_noise VALUES (?, 1, 3, ?)", run, bytes);
        jdbc.update("INSERT INTO cohort_sum VALUES (?, 1, 2, ?, 3)", run, bytes);
        jdbc.update("INSERT INTO member_backup (run_id, ordinal, sequence, data) VALUES (?, 0, 2, ?)", run, bytes);
        jdbc.update("INSERT INTO cohort_fault VALUES (?, 1, 0, 'a')", run);
        jdbc.update("INSERT INTO cohort_evidence VALUES (?, 0, 1, FALSE, 'a', ?, 1)", run, new byte[32]);
        jdbc.update("INSERT INTO lost_messages VALUES (?, 0, 1, 3, 1, 4, ?)", run, now);
        jdbc.update("INSERT INTO next_round VALUES (?, 0, 5, ?)", run, now);
        jdbc.update("INSERT INTO skipped_rounds VALUES (?, 1, 4, ?)", run, now);
        jdbc.update("INSERT INTO folded_messages VALUES (?, 1, -1, 0)", run);
        jdbc.update(
                "INSERT INTO secagg_attempt (run_id, round_number, attempt, phase, phase_since, threshold, advertised,"
                        + " sharing, masked, revealed) VALUES (?, 1, 0, 'SHARES', ?, 2, 1, 1, 0, 0)",
                run,
                now);
        jdbc.update(
                "INSERT INTO secagg_member (attempt_id, ordinal, identity, owner, mask_key, keys, bytes)"
                        + " SELECT id, 0, 'a', 'b', 'c', ?, 3 FROM secagg_attempt WHERE run_id = ?",
                bytes,
                run);
        jdbc.update(
                "INSERT INTO member_snapshot (member_id, sequence, head, compacted_to, bytes, digest, state)"
                        + " SELECT id, 1, 1, 0, 1, 1, ? FROM member WHERE run_id = ? AND ordinal = 0"
                        + " AND NOT EXISTS (SELECT 1 FROM member_snapshot s WHERE s.member_id = member.id)",
                bytes,
                run);
    }

    @Test
    void leavesNoRowInAnyTable() {
        Scene scene = trained("");
        long run = id(scene);
        insertTheRest(run);
        List<Long> payloads = jdbc.queryForList("SELECT payload_id FROM message WHERE run_id = ?", Long.class, run);
        scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(rows(run))
                .as("a table without a row of the run: insert one")
                .hasSizeGreaterThan(12)
                .allSatisfy((table, count) -> assertThat(count).as(table).isPositive());

        assertThat(delete(scene).status()).isEqualTo(204);
        assertThat(scene.view().problem()).isEqualTo("run-not-found");
        assertThat(scene.operator.get("/runs?search=" + scene.run).jsonList()).isEmpty();
        finish(run);

        assertThat(rows(run))
                .allSatisfy((table, count) -> assertThat(count).as(table).isZero());
        payloads.forEach(
                payload -> assertThat(rowsOf("message_payload", "id", payload)).isZero());
        assertThat(jdbc.queryForList("SELECT run FROM sum_check", String.class)).doesNotContain(scene.run);
        // The name can be reused.
        scene.create("ef21-norm", 3, "");
        assertThat(scene.view().get("state")).isEqualTo("created");
        scene.act("cancel");
    }

    @Test
    void continuesWhereAKillInterruptedIt() {
        Scene scene = trained("");
        long run = id(scene);
        // Simulates a kill during the deletion: the run is hidden, and some rows are deleted.
        jdbc.update("UPDATE run SET deleted_at = ? WHERE id = ?", OffsetDateTime.parse("2026-03-01T12:00:00Z"), run);
        DeletedRun deleted = new DeletedRun(run, scene.run, clock.instant());
        transactions.write(() -> {
            assertThat(rows.deleteSome(deleted)).isTrue();
        });
        assertThat(rowsOf("message", "run_id", run)).isZero();
        assertThat(rowsOf("member", "run_id", run)).isPositive();

        finish(run);

        assertThat(rows(run))
                .allSatisfy((table, count) -> assertThat(count).as(table).isZero());
        assertThat(scene.view().problem()).isEqualTo("run-not-found");
    }

    @Test
    void aRunThatCannotBeDeletedDoesNotPreventOtherDeletions() {
        Scene damaged = trained("");
        Scene other = trained("");
        long run = id(damaged);
        long later = id(other);
        jdbc.update("UPDATE round_update SET data = NULL, data_at = 'no object' WHERE run_id = ?", run);
        assertThat(delete(damaged).status()).isEqualTo(204);
        assertThat(delete(other).status()).isEqualTo(204);

        finish(later);
        assertThat(rowsOf("round_update", "run_id", run)).isPositive();

        jdbc.update("UPDATE round_update SET data_at = NULL WHERE run_id = ?", run);
        finish(run);
    }

    @Test
    void keepsTheNameUntilTheLastRowIsGone() {
        Scene scene = trained("");
        byte[] file = scene.operator.get("/runs/" + scene.run + "/export").body();
        // On a shared database the last row stays for a minute. This test keeps it for a hundred years on any database.
        jdbc.update(
                "UPDATE run SET deleted_at = ? WHERE name = ?",
                OffsetDateTime.parse("2126-03-01T12:00:00Z"),
                scene.run);
        work.work();
        assertThat(rows(id(scene)).get("member")).isZero();
        Reply refused = scene.operator.postJson(
                "/runs", "{\"name\":\"" + scene.run + "\",\"dimension\":3,\"algorithm\":\"ef21-norm\",\"rounds\":7}");
        assertThat(refused.problem()).isEqualTo("name-taken");
        assertThat(refused.get("detail")).contains("being deleted");
        Reply notImported = scene.operator.post("/import", "application/vnd.evenkeel.export", file);
        assertThat(notImported.problem()).isEqualTo("name-taken");
    }

    @Test
    void aReplicaForgetsARunThatAnotherHasDeleted() {
        Scene scene = trained("");
        String rounds = "/runs/" + scene.run + "/rounds";
        assertThat(scene.operator.get(rounds).jsonList()).hasSize(2);
        jdbc.update(
                "UPDATE run SET deleted_at = ? WHERE name = ?",
                OffsetDateTime.parse("2126-03-01T12:00:00Z"),
                scene.run);
        // The writer still knows the run's key, but no transaction finds the run.
        assertThat(scene.view().problem()).isEqualTo("run-not-found");
        assertThat(scene.devices.get(0).join(1).problem()).isEqualTo("run-not-found");
        assertThat(scene.devices.get(0).task(-1).problem()).isEqualTo("run-not-found");

        work.work();

        assertThat(scene.operator.get(rounds).problem()).isEqualTo("run-not-found");
    }

    @Test
    void refusesAnActiveRun() {
        Scene scene = scene("").members(1).start();
        Reply refused = delete(scene);
        assertThat(refused.problem()).isEqualTo("wrong-state");
        assertThat(refused.get("detail")).contains("running", "cancel it first");
        assertThat(delete(scene.act("pause")).problem()).isEqualTo("wrong-state");
        assertThat(scene.view().get("state")).isEqualTo("paused");
        scene.act("cancel");
    }

    @Test
    void refusesAViewerAndAnUnknownRun() {
        Scene scene = trained("");
        Http viewer = new Http(api.endpoint(), CoordinatorTest.VIEWER_TOKEN);
        assertThat(viewer.delete("/runs/" + scene.run).problem()).isEqualTo("forbidden");
        assertThat(scene.view().status()).isEqualTo(200);
        assertThat(scene.operator.delete("/runs/no-such-run").problem()).isEqualTo("run-not-found");
    }

    @Test
    void tellsWaitingDevicesThatTheRunIsGone() {
        Scene scene = scene("").members(2);
        TestDevice device = scene.devices.get(0);
        CompletableFuture<Reply> task = device.waitForTask(-1);
        eventually().until(() -> waiting.count() > 0);

        assertThat(delete(scene).status()).isEqualTo(204);

        assertThat(task.join().problem()).isEqualTo("run-not-found");
        assertThat(device.task(-1).problem()).isEqualTo("run-not-found");
        assertThat(device.put(device.stage(0, GRADIENT)).problem()).isEqualTo("run-not-found");
        assertThat(scene.devices.get(1).join(1).problem()).isEqualTo("run-not-found");
        assertThat(scene.operator.delete("/clients/" + device.client()).status())
                .isEqualTo(204);
    }

    @Test
    void deletesTheEvaluationsOfItsModelsButNoVersionsOfModels() {
        Scene scene = trained("");
        long run = id(scene);
        String name = scene.run + "-check";
        String model = scene.run + "-model";
        scene.operator.postJson("/evaluations", "{\"name\":\"" + name + "\",\"run\":\"" + scene.run + "\"}");
        scene.operator.putJson("/models/" + model, "{}");
        assertThat(scene.operator
                        .postJson("/models/" + model + "/versions", "{\"run\":\"" + scene.run + "\",\"round\":2}")
                        .status())
                .isEqualTo(201);

        Reply refused = delete(scene);
        assertThat(refused.problem()).isEqualTo("in-use");
        assertThat(refused.get("detail")).contains(name, "still accepts results");

        scene.operator.post("/evaluations/" + name + "/cancel");
        assertThat(delete(scene).status()).isEqualTo(204);
        finish(run);
        assertThat(scene.operator.get("/evaluations/" + name).problem()).isEqualTo("evaluation-not-found");
        Reply version = scene.operator.get("/models/" + model + "/versions/1");
        assertThat(version.status()).isEqualTo(200);
    }

    @Test
    void refusesAnArmOfAnExperiment() {
        String name = Scene.newName();
        Http operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        Reply created = operator.postJson("/experiments", """
                {"name": "%s", "definition": {"dimension": 6, "algorithm": "ef21-norm", "rounds": 5},
                 "arms": {"a": {}, "b": {"seed": 2}}}""".formatted(name));
        assertThat(created.status()).as(created.toString()).isEqualTo(201);
        String arm = Objects.requireNonNull(jdbc.queryForObject(
                "SELECT run FROM experiment_arm WHERE experiment = ? AND place = 0", String.class, name));
        operator.post("/experiments/" + name + "/stop");

        Reply refused = operator.delete("/runs/" + arm);
        assertThat(refused.problem()).isEqualTo("in-use");
        assertThat(refused.get("detail")).contains("experiment '" + name + "'");
        assertThat(operator.delete("/experiments/" + name).status()).isEqualTo(204);
        assertThat(operator.delete("/runs/" + arm).status()).isEqualTo(204);
    }

    @Test
    void keepsARunWhoseMessagesCountInPrivacyBudgets() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21)
                .create(
                        "ef21-norm",
                        20,
                        "\"privacy\":{\"normalization\":\"clip\",\"bound\":1,\"noiseMultiplier\":20,"
                                + "\"budget\":{\"delta\":1e-6},\"dataset\":\"" + Scene.newName() + "\"}")
                .members(1)
                .start();
        assertThat(scene.devices
                        .get(0)
                        .put(scene.devices.get(0).stage(0, GRADIENT))
                        .status())
                .isEqualTo(201);
        scene.act("cancel");
        Reply refused = delete(scene);
        assertThat(refused.problem()).isEqualTo("in-use");
        assertThat(refused.get("detail")).contains("privacy.dataset");
    }
}
