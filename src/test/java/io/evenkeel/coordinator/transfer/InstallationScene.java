package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Report;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** A coordinator with rows in every exported table. Its runs and roll-outs are paused or over. */
final class InstallationScene {

    final String run = "digits";
    final String model = "classifier";
    final List<String> rollouts = new ArrayList<>();
    final List<Http> devices = new ArrayList<>();
    private final RestartableCoordinator here;
    private final int values;
    private final Http operator;
    private final Scene scene;

    /** Creates a scene with a model whose file has three pieces. */
    InstallationScene(RestartableCoordinator here) {
        this(here, 700_000);
    }

    /** @param values the number of values of the largest model */
    InstallationScene(RestartableCoordinator here, int values) {
        this.here = here;
        this.values = values;
        operator = new Http(here::endpoint, CoordinatorTest.OPERATOR_TOKEN);
        scene = new Scene(here.endpoint(), here.jdbc(), run, "top-k:2", FeedbackMethod.EF21);
        trainRun();
        createExperiment();
        publishVersions();
        evaluate();
        rollOut();
    }

    static Reply must(Reply reply) {
        if (reply.status() >= 300) {
            throw new AssertionError(reply.toString());
        }
        return reply;
    }

    private Http device(String attributes) {
        String id = Credential.newId();
        String secret = Credential.newDeviceToken(id);
        Scene.enrol(here.jdbc(), id, secret);
        Http http = new Http(here::endpoint, secret);
        must(http.putJson("/clients/me/attributes", "{\"attributes\":" + attributes + "}"));
        devices.add(http);
        return http;
    }

    private void trainRun() {
        scene.create("ef21-norm", 20, "\"participants\":{\"min\":3}").members(3).start();
        TwoCoordinators.rounds(scene, 0, 2);
        Report report = new Report(
                7, OptionalDouble.of(0.5), OptionalDouble.of(1.25), OptionalDouble.of(3.5), Map.of("accuracy", 0.75));
        for (TestDevice device : scene.devices) {
            TestDevice.Sent sent = device.stage(2, TestDevice.gradient(device.model(2), 1), report);
            must(device.put(sent));
            device.commit(sent);
        }
        scene.await(scene.devices.get(0), 2);
        TwoCoordinators.change(scene, "{\"rounds\":30}");
        must(scene.devices.get(1).http().putJson("/runs/" + run + "/rounds/3/declines/me", "{\"reason\":\"battery\"}"));
        scene.devices.get(0).answer(3, TestDevice.gradient(scene.devices.get(0).model(3), 0));
        here.jdbc()
                .update(
                        "INSERT INTO run_refusal (run_id, reason, messages)"
                                + " SELECT id, 'round_closed', 5 FROM run WHERE name = ?",
                        run);
        insertCohort();
        scene.act("pause");
    }

    /**
     * Inserts rows of secure aggregation, which this run does not use; {@code CohortTransferTest} moves a real attempt.
     */
    private void insertCohort() {
        Long id = here.jdbc().queryForObject("SELECT id FROM run WHERE name = ?", Long.class, run);
        byte[] frame = {1, 2, 3};
        here.jdbc()
                .update(
                        "INSERT INTO secagg_attempt (run_id, round_number, attempt, phase, phase_since, threshold,"
                                + " advertised, sharing, masked, revealed) VALUES (?, 3, 0, 'SHARES', ?, 2, 1, 1, 0,"
                                + " 0)",
                        id,
                        OffsetDateTime.parse("2026-03-01T12:00:00Z"));
        Long attempt = here.jdbc().queryForObject("SELECT id FROM secagg_attempt WHERE run_id = ?", Long.class, id);
        here.jdbc()
                .update(
                        "INSERT INTO secagg_member (attempt_id, ordinal, identity, owner, mask_key, keys, shares,"
                                + " received, bytes) VALUES (?, 0, 'a', 'b', 'c', ?, ?, ?, 3)",
                        attempt,
                        frame,
                        frame,
                        frame);
        here.jdbc().update("INSERT INTO cohort_sum VALUES (?, 3, 2, ?, ?)", id, frame, Digest.of(frame));
        here.jdbc()
                .update("INSERT INTO member_backup (run_id, ordinal, sequence, data) VALUES (?, 0, 3, ?)", id, frame);
        here.jdbc().update("INSERT INTO cohort_fault VALUES (?, 2, 1, 'a')", id);
        here.jdbc().update("INSERT INTO cohort_evidence VALUES (?, 0, 2, FALSE, 'a', ?, 1)", id, new byte[32]);
        here.jdbc()
                .update(
                        "INSERT INTO lost_messages VALUES (?, 1, 3, 5, 4, 6, ?)",
                        id,
                        OffsetDateTime.parse("2026-03-01T12:00:00Z"));
        here.jdbc()
                .update("INSERT INTO next_round VALUES (?, 1, 7, ?)", id, OffsetDateTime.parse("2026-03-01T12:00:00Z"));
        here.jdbc()
                .update(
                        "INSERT INTO skipped_rounds VALUES (?, 4, 6, ?)",
                        id,
                        OffsetDateTime.parse("2026-03-01T12:00:00Z"));
        here.jdbc().update("INSERT INTO round_noise VALUES (?, 3, ?, ?)", id, RowDigest.of(frame, 3), frame);
    }

    private void createExperiment() {
        must(operator.postJson("/experiments", """
            {"name": "ab", "definition": {"dimension": 6, "algorithm": "ef21-norm", "rounds": 5},
             "arms": {"a": {}, "b": {"seed": 2}}, "share": 0.5,
             "assignment": "crossover", "block": 2}\
            """));
    }

    private void publishVersions() {
        String path = "/models/" + model;
        must(operator.putJson(path, "{\"description\":\"of digits\"}"));
        must(operator.postJson(
                path + "/versions", "{\"run\":\"" + run + "\",\"round\":3,\"metadata\":{\"ticket\":\"ML-7\"}}"));
        upload(model, values);
        upload(model, 3);
        upload(model, 4);
        must(operator.delete(path + "/versions/3"));
        must(operator.putJson(path + "/versions/2/metadata", "{\"metadata\":{\"stage\":\"tried\"}}"));
        for (int version : List.of(2, 4)) {
            must(operator.putJson(path + "/aliases/production", "{\"version\":" + version + ",\"reason\":\"a test\"}"));
        }
        must(operator.post(path + "/aliases/production/rollback"));
        must(operator.putJson(path + "/aliases/old", "{\"version\":1}"));
        must(operator.delete(path + "/aliases/old"));
        must(operator.putJson("/models/empty", "{}"));
    }

    void upload(String name, int values) {
        upload(operator, name, values);
    }

    static void upload(Http operator, String name, int values) {
        String header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + values + "],\"data_offsets\":[0," + 4 * values + "]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 4 * values)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        for (int i = 0; i < values; i++) {
            file.putFloat((float) Math.sin(i));
        }
        must(operator.post("/models/" + name + "/versions/upload", "application/x-safetensors", file.array()));
    }

    private void evaluate() {
        must(operator.postJson(
                "/evaluations",
                "{\"name\":\"of-run\",\"run\":\"" + run + "\",\"round\":3,\"breakdown\":[\"region\"],"
                        + "\"goals\":{\"rmse\":\"min\"}}"));
        must(operator.postJson(
                "/evaluations",
                "{\"name\":\"of-model\",\"model\":\"" + model + "\",\"version\":\"2\",\"participants\":{\"max\":2}}"));
        for (int i = 0; i < 2; i++) {
            Http device = device("{\"region\":\"r" + i + "\"}");
            for (String evaluation : List.of("of-run", "of-model")) {
                must(device.putJson(
                        "/evaluations/" + evaluation + "/results/me",
                        "{\"samples\":" + (i + 3) + ",\"metrics\":{\"rmse\":0.25,\"accuracy\":0.5}}"));
            }
        }
        here.jdbc()
                .update("INSERT INTO evaluation_site (evaluation, client_id, devices, reason)"
                        + " SELECT evaluation, client_id, 7, 'a reason' FROM evaluation_result");
        here.jdbc()
                .update(
                        "INSERT INTO evaluation_site_value (evaluation, metric, client_id, devices, samples, weighted_mean, mean)"
                                + " SELECT evaluation, 'loss', client_id, 7, 70, 0.5, 0.25 FROM evaluation_result");
        here.jdbc()
                .update(
                        "INSERT INTO evaluation_upstream (evaluation, result)"
                                + " SELECT id, CASE WHEN name = 'of-run' THEN '{\"devices\":7,\"metrics\":{}}' END FROM evaluation");
        must(operator.postJson("/evaluations", "{\"name\":\"cancelled\",\"run\":\"" + run + "\"}"));
        must(operator.post("/evaluations/cancelled/cancel"));
    }

    private void rollOut() {
        String first = startRollout(model, 4, "");
        must(operator.post("/rollouts/" + first + "/skip"));
        String second = startRollout(model, 1, ",\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.5}]");
        for (Http device : devices) {
            must(device.get("/models/" + model + "/versions/@production"));
        }
        must(devices.get(0)
                .putJson(
                        "/rollouts/" + second + "/reports/me",
                        "{\"version\":1,\"outcome\":\"installed\",\"baseline\":4,\"samples\":5,"
                                + "\"metrics\":{\"accuracy\":{\"before\":0.25,\"after\":0.5}}}"));
        must(devices.get(1)
                .putJson(
                        "/rollouts/" + second + "/reports/me",
                        "{\"version\":1,\"outcome\":\"failed\",\"reason\":\"no memory\"}"));
        must(operator.post("/rollouts/" + second + "/pause"));
        here.jdbc()
                .update(
                        "INSERT INTO rollout_look (rollout_id, group_number, metric, look, pairs, difference, low,"
                                + " high, verdict) VALUES (?, 0, 'accuracy', 1, 10, 0.25, -0.5, 1, 'UNDECIDED')",
                        second);
        here.jdbc()
                .update(
                        "INSERT INTO rollout_site (rollout_id, client_id, asked, installed, failed)"
                                + " SELECT rollout_id, client_id, 7, 5, 1 FROM rollout_device WHERE rollout_id = ? AND outcome = 'FAILED'",
                        second);
        here.jdbc()
                .update("INSERT INTO rollout_site_metric (rollout_id, client_id, metric, devices, mean, squares)"
                        + " SELECT rollout_id, client_id, 'accuracy', 4, 0.25, 0.5 FROM rollout_site");
        rollouts.addAll(List.of(first, second));
    }

    /** Starts a roll-out to all devices. */
    String startRollout(String name, int version, String more) {
        return must(operator.postJson(
                        "/rollouts",
                        "{\"model\":\"" + name + "\",\"version\":" + version
                                + ",\"alias\":\"production\",\"groups\":[{\"share\":1}],\"reports\":100" + more + "}"))
                .get("id");
    }

    /** Returns the paths of everything that the API shows about a run. */
    List<String> ofRun() {
        String path = "/runs/" + run;
        return List.of(
                path,
                path + "/members",
                path + "/revisions",
                path + "/rounds",
                path + "/rounds/open",
                path + "/rounds/3/declines",
                path + "/rounds/3/model",
                path + "/series",
                path + "/smoothness",
                "/evaluations/of-run");
    }

    /** Returns the paths of everything that the API shows about the model. */
    List<String> ofModel() {
        String path = "/models/" + model;
        List<String> paths = new ArrayList<>(List.of(
                path,
                path + "/versions",
                path + "/versions/2",
                path + "/versions/1",
                path + "/aliases/production/history",
                path + "/aliases/old/history",
                "/evaluations/of-model"));
        for (String rollout : rollouts) {
            paths.addAll(List.of("/rollouts/" + rollout, "/rollouts/" + rollout + "/devices"));
        }
        return paths;
    }

    /** Returns the paths of everything that the API shows and that is exported. */
    List<String> all() {
        List<String> paths = new ArrayList<>(ofRun());
        paths.addAll(ofModel());
        paths.addAll(List.of(
                "/runs", "/clients", "/models", "/rollouts", "/experiments", "/experiments/ab", "/evaluations"));
        paths.addAll(List.of("/run-overview", "/evaluations/cancelled", "/runs/ab-a", "/runs/ab-b"));
        return paths;
    }
}
