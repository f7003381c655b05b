package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.engine.OnlyInCi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Registered models, roll-outs and evaluations of the upper coordinator reach the devices of a site, which count at
 * that coordinator like direct devices.
 */
@OnlyInCi
class RelayModelsTest extends RelayedSites {

    private final String model = Scene.newName();

    @SuppressWarnings("NullAway.Init")
    private Scene run;

    @SuppressWarnings("NullAway.Init")
    private Http above;

    @SuppressWarnings("NullAway.Init")
    private RestartableCoordinator site;

    @SuppressWarnings("NullAway.Init")
    private Http below;

    @SuppressWarnings("NullAway.Init")
    private Http direct;

    @BeforeEach
    void startASite() {
        run = run("ef21-norm", LOSSLESS, "");
        above = run.operator;
        upload(1);
        upload(2);
        promote(1);
        site = relayOf(root, "site", "--evenkeel.relay.enrolment-token=" + token());
        below = operator(site);
        direct = device(root);
        label(direct);
    }

    private RestartableCoordinator relayOf(RestartableCoordinator upstream, String place, String... more) {
        RestartableCoordinator started = new RestartableCoordinator(
                folder.resolve(place),
                concat(
                        more,
                        "--evenkeel.relay.upstream=" + upstream.endpoint(),
                        "--evenkeel.relay.run=" + run.run,
                        "--evenkeel.relay.models=" + model + "@production",
                        "--evenkeel.relay.folder=" + folder.resolve(place).resolve("relay"),
                        "--evenkeel.relay.evaluation-min=2",
                        "--evenkeel.relay.ask-every=200ms"));
        sites.add(started);
        return started;
    }

    private static String[] concat(String[] first, String... second) {
        return Stream.of(first, second).flatMap(Stream::of).toArray(String[]::new);
    }

    private static Http operator(RestartableCoordinator at) {
        return new Http(at::endpoint, CoordinatorTest.OPERATOR_TOKEN);
    }

    private static Http device(RestartableCoordinator at) {
        String id = Credential.newId();
        String secret = Credential.newDeviceToken(id);
        Scene.enrol(at.jdbc(), id, secret);
        return new Http(at::endpoint, secret);
    }

    /** Labels a device as this test's, since the tests share the coordinator above. */
    private void label(Http device) {
        must(device.putJson("/clients/me/attributes", "{\"attributes\":{\"fleet\":\"" + model + "\"}}"), 204);
    }

    private static Reply must(Reply reply, int status) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        return reply;
    }

    private void upload(float value) {
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(12 + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(value)
                .array();
        must(above.post("/models/" + model + "/versions/upload", "application/x-safetensors", file), 201);
    }

    private void promote(int version) {
        must(above.putJson("/models/" + model + "/aliases/production", "{\"version\":" + version + "}"), 200);
    }

    private Reply get(Http device) {
        return device.get("/models/" + model + "/versions/@production");
    }

    private int version(Http device) {
        Reply reply = get(device);
        return reply.status() == 200 ? Integer.parseInt(reply.header("Evenkeel-Model-Version")) : 0;
    }

    private void awaitVersion(Http device, int version) {
        eventually().untilAsserted(() -> assertThat(version(device)).isEqualTo(version));
    }

    /** Labels the relay, so that selectors of this test choose it. */
    private void labelTheRelay() {
        eventually().until(() -> !relays().isEmpty());
        String client = String.valueOf(relays().get(0).get("client"));
        must(above.patch("/clients/" + client + "/labels", "{\"fleet\":\"" + model + "\"}"), 200);
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> relays() {
        return (List<Map<String, Object>>) Objects.requireNonNull(
                above.get("/relays?run=" + run.run).json().get("relays"));
    }

    private String rollOut(String more) {
        labelTheRelay();
        return must(
                        above.postJson(
                                "/rollouts",
                                "{\"model\":\"" + model
                                        + "\",\"version\":2,\"alias\":\"production\",\"groups\":[{\"share\":1}],\"selector\":\"fleet="
                                        + model + "\"," + more + "}"),
                        201)
                .get("id");
    }

    private static String rollout(Reply given) {
        return given.header("Evenkeel-Rollout");
    }

    private void report(Http device, double before, double after) {
        Reply given = get(device);
        must(
                device.putJson(
                        "/rollouts/" + rollout(given) + "/reports/me",
                        "{\"version\":2,\"outcome\":\"installed\",\"baseline\":1,\"samples\":50,\"metrics\":{\"accuracy\":{\"before\":"
                                + before + ",\"after\":" + after + "}}}"),
                204);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> group(String rollout) {
        return ((List<Map<String, Object>>) Objects.requireNonNull(
                        above.get("/rollouts/" + rollout).json().get("progress")))
                .get(0);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> metric(String rollout) {
        return ((List<Map<String, Object>>)
                        Objects.requireNonNull(group(rollout).get("metrics")))
                .get(0);
    }

    private String state(String rollout) {
        return above.get("/rollouts/" + rollout).get("state");
    }

    private void awaitState(String rollout, String state) {
        eventually().untilAsserted(() -> assertThat(state(rollout)).isEqualTo(state));
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> mirrored() {
        Map<String, Object> upstream = (Map<String, Object>)
                Objects.requireNonNull(below.get("/relays").json().get("upstream"));
        return ((List<Map<String, Object>>) Objects.requireNonNull(upstream.get("models"))).get(0);
    }

    @Test
    void theAliasAtTheSiteFollowsTheUpstreamAlias() {
        Http device = device(site);
        awaitVersion(device, 1);
        assertThat(get(device).header("Repr-Digest")).isEqualTo(get(direct).header("Repr-Digest"));
        assertThat(get(device).body()).isEqualTo(get(direct).body());
        promote(2);
        awaitVersion(device, 2);
        must(above.post("/models/" + model + "/aliases/production/rollback"), 200);
        awaitVersion(device, 1);
        assertThat(mirrored()).containsEntry("version", 1).doesNotContainKey("problem");
        Reply refused = below.putJson("/models/" + model + "/aliases/production", "{\"version\":2}");
        assertThat(refused.problem()).isEqualTo("alias-protected");
        assertThat(refused.get("detail")).contains("follows the one of the coordinator at " + root.endpoint());
    }

    @Test
    void aDifferentFileOfTheSameVersionIsReported() {
        Http device = device(site);
        awaitVersion(device, 1);
        byte[] other = get(device).body();
        other[other.length - 1] ^= 1;
        must(below.post("/models/" + model + "/versions/upload", "application/x-safetensors", other), 201);
        promote(2);
        eventually()
                .untilAsserted(() -> assertThat(String.valueOf(mirrored().get("problem")))
                        .contains("version 2 of model '" + model + "' here is a different file from the one above")
                        .contains("delete it here"));
        assertThat(version(device)).isEqualTo(1);
        must(below.delete("/models/" + model + "/versions/2"), 204);
        awaitVersion(device, 2);
    }

    @Test
    void devicesOfASiteCountInAnUpstreamRollOutLikeDirectDevices() {
        Http first = device(site);
        Http second = device(site);
        awaitVersion(first, 1);
        String rollout = rollOut("\"reports\":3,\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.05}]");
        awaitVersion(first, 2);
        assertThat(rollout(get(first))).isNotEqualTo(rollout);
        assertThat(version(second)).isEqualTo(2);
        report(first, 0.90, 0.91);
        report(second, 0.80, 0.83);
        eventually()
                .untilAsserted(() ->
                        assertThat(group(rollout)).containsEntry("asked", 2).containsEntry("installed", 2));
        assertThat(state(rollout)).isEqualTo("running");
        site.restart();
        report(direct, 0.70, 0.72);
        awaitState(rollout, "finished");
        assertThat(group(rollout))
                .containsEntry("asked", 3)
                .containsEntry("installed", 3)
                .containsEntry("failed", 0);
        assertThat(metric(rollout)).containsEntry("pairs", 3).containsEntry("verdict", "non-inferior");
        assertThat((Double) metric(rollout).get("difference")).isCloseTo(0.02, within(1e-12));
        // The lower bound for the differences 0.01, 0.02 and 0.03 of three devices: 0.02 - t(0.95; 2) 0.01 / sqrt(3).
        assertThat((Double) metric(rollout).get("low")).isLessThan(0.01);
        assertThat(above.get("/rollouts/" + rollout + "/devices").jsonList())
                .anySatisfy(relay ->
                        assertThat(relay).containsEntry("site", Map.of("asked", 2, "installed", 2, "failed", 0)));
        eventually()
                .untilAsserted(
                        () -> assertThat(get(first).header("Evenkeel-Rollout")).isEmpty());
        assertThat(version(first)).isEqualTo(2);
        assertThat(below.get("/rollouts?model=" + model).jsonList())
                .hasSize(1)
                .allSatisfy(one -> assertThat(one).containsEntry("state", "finished"));
    }

    @Test
    void stoppingTheUpstreamRollOutStopsItAtTheSite() {
        Http first = device(site);
        Http second = device(site);
        Http third = device(site);
        awaitVersion(first, 1);
        String rollout = rollOut("\"reports\":2,\"metrics\":[{\"name\":\"accuracy\",\"margin\":0.02}]");
        awaitVersion(first, 2);
        must(above.post("/rollouts/" + rollout + "/pause"), 200);
        eventually()
                .until(() -> "paused"
                        .equals(below.get("/rollouts/" + rollout(get(first))).get("state")));
        assertThat(version(second)).isEqualTo(1);
        assertThat(version(first)).isEqualTo(2);
        assertThat(below.post("/rollouts/" + rollout(get(first)) + "/resume").problem())
                .isEqualTo("rollout-state");
        must(above.post("/rollouts/" + rollout + "/resume"), 200);
        awaitVersion(second, 2);
        report(first, 0.90, 0.50);
        report(second, 0.90, 0.51);
        awaitState(rollout, "stopped");
        awaitVersion(first, 1);
        awaitVersion(second, 1);
        assertThat(version(third)).isEqualTo(1);
        assertThat(mirrored()).containsEntry("version", 1).doesNotContainKey("rollout");
    }

    @Test
    void failuresOfASitesDevicesStopARollOutAndAnOperatorThereMayStopIt() {
        Http first = device(site);
        awaitVersion(first, 1);
        String rollout = rollOut("\"reports\":5");
        awaitVersion(first, 2);
        must(below.post("/rollouts/" + rollout(get(first)) + "/stop"), 200);
        assertThat(version(first)).isEqualTo(1);
        eventually()
                .untilAsserted(() -> assertThat(above.get("/rollouts/" + rollout + "/devices?outcome=failed")
                                .jsonList())
                        .singleElement()
                        .satisfies(relay -> assertThat(String.valueOf(relay.get("reason")))
                                .contains("an operator has stopped it")));
        // The relay has no version, but no device has failed.
        assertThat(group(rollout)).containsEntry("asked", 1).containsEntry("failed", 0);
        assertThat(state(rollout)).isEqualTo("running");
        must(above.post("/rollouts/" + rollout + "/skip"), 200);
        awaitVersion(first, 2);
    }

    @Test
    @Tag("full")
    void aSiteBelowASiteIsCountedWithIt() {
        RestartableCoordinator lower = relayOf(
                site,
                "lower",
                "--evenkeel.relay.enrolment-token="
                        + below.postJson("/enrolment-tokens", "{\"uses\":1}").get("token"));
        Http device = device(lower);
        awaitVersion(device, 1);
        String rollout = rollOut("\"reports\":2");
        awaitVersion(device, 2);
        report(device, 0.9, 0.9);
        eventually()
                .untilAsserted(() ->
                        assertThat(group(rollout)).containsEntry("asked", 1).containsEntry("installed", 1));
        report(direct, 0.9, 0.9);
        awaitState(rollout, "finished");
        eventually()
                .untilAsserted(
                        () -> assertThat(get(device).header("Evenkeel-Rollout")).isEmpty());
        assertThat(version(device)).isEqualTo(2);
    }

    private void answer(Http device, String evaluation, int samples, double accuracy, int status) {
        must(
                device.putJson(
                        "/evaluations/" + evaluation + "/results/me",
                        "{\"samples\":" + samples + ",\"metrics\":{\"accuracy\":" + accuracy + "}}"),
                status);
    }

    private String evaluate(String more) {
        String name = Scene.newName();
        must(
                above.postJson(
                        "/evaluations",
                        "{\"name\":\"" + name + "\",\"model\":\"" + model
                                + "\",\"version\":\"2\",\"devices\":{\"selector\":\"fleet=" + model + "\"}" + more
                                + "}"),
                201);
        eventually().until(() -> below.get("/evaluations/" + name).status() == 200);
        return name;
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> list(String evaluation, String field) {
        return (List<Map<String, Object>>) Objects.requireNonNull(
                above.get("/evaluations/" + evaluation).json().get(field));
    }

    @Test
    void devicesOfASiteTakePartInAnUpstreamEvaluation() {
        labelTheRelay();
        String name = evaluate(",\"participants\":{\"min\":3,\"max\":3}");
        Http first = device(site);
        Http second = device(site);
        String work = first.get("/work?limit=10").text();
        assertThat(work).contains("\"evaluation\":\"" + name + "\"").contains("/versions/2\"");
        must(first.get("/models/" + model + "/versions/2"), 200);
        eventually()
                .untilAsserted(() -> assertThat(list(name, "sites"))
                        .singleElement()
                        .satisfies(one -> assertThat(one)
                                .containsEntry("devices", 0)
                                .containsEntry(
                                        "reason",
                                        "0 devices of the site have answered, but its operator requires at least 2")));
        answer(first, name, 100, 0.9, 204);
        site.restart();
        answer(second, name, 300, 0.5, 204);
        eventually()
                .untilAsserted(() -> assertThat(list(name, "sites"))
                        .as(() ->
                                "above, where the site has " + mirrored() + " and " + below.get("/evaluations/" + name))
                        .singleElement()
                        .satisfies(one ->
                                assertThat(one).containsEntry("devices", 2).doesNotContainKey("reason")));
        answer(direct, name, 100, 0.8, 204);
        assertThat(above.get("/evaluations/" + name).number("results")).isEqualTo(3);
        assertThat(above.get("/evaluations/" + name).get("state")).isEqualTo("finished");
        assertThat(list(name, "metrics")).singleElement().satisfies(metric -> {
            assertThat(metric).containsEntry("devices", 3).containsEntry("samples", 500.0);
            assertThat((Double) metric.get("weightedMean")).isCloseTo(0.64, within(1e-12));
            assertThat((Double) metric.get("mean")).isCloseTo(2.2 / 3, within(1e-12));
            assertThat(metric.get("deciles")).asString().startsWith("[0.8, 0.8");
        });
        eventually()
                .until(() ->
                        "cancelled".equals(below.get("/evaluations/" + name).get("state")));
    }

    @Test
    void anEvaluationOfTheSameNameAtTheSiteIsReported() {
        labelTheRelay();
        awaitVersion(device(site), 1);
        String name = Scene.newName();
        must(
                below.postJson(
                        "/evaluations", "{\"name\":\"" + name + "\",\"model\":\"" + model + "\",\"version\":\"1\"}"),
                201);
        must(
                above.postJson(
                        "/evaluations", "{\"name\":\"" + name + "\",\"model\":\"" + model + "\",\"version\":\"1\"}"),
                201);
        eventually()
                .untilAsserted(() -> assertThat(list(name, "sites"))
                        .singleElement()
                        .satisfies(one ->
                                assertThat(String.valueOf(one.get("reason"))).contains("was created here")));
        assertThat(above.get("/evaluations/" + name).number("results")).isZero();
        assertThat(below.get("/evaluations/" + name).get("state")).isEqualTo("open");
        must(above.post("/evaluations/" + name + "/cancel"), 200);
    }
}
