package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.engine.selection.DeviceFraction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** A model with two versions, the first of which is in use, and devices that follow the model. */
final class RolloutScene {

    private static final JsonMapper JSON = new JsonMapper();

    final String model = Scene.newName();
    final Http operator;
    final List<Device> devices = new ArrayList<>();
    private final Supplier<String> endpoint;

    /** A device. */
    record Device(String id, Http http) {}

    RolloutScene(Supplier<String> endpoint) {
        this.endpoint = endpoint;
        operator = new Http(endpoint, CoordinatorTest.OPERATOR_TOKEN);
        upload(1);
        upload(2);
        must(operator.putJson("/models/" + model + "/aliases/production", "{\"version\":1}"), 200);
    }

    void upload(float value) {
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}".getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(12 + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .putFloat(value)
                .array();
        must(operator.post("/models/" + model + "/versions/upload", "application/x-safetensors", file), 201);
    }

    static Reply must(Reply reply, int status) {
        if (reply.status() != status) {
            throw new AssertionError(reply.toString());
        }
        return reply;
    }

    /** Enrols devices with the attribute {@code fleet}, so that selectors exclude those of other tests. */
    RolloutScene devices(JdbcTemplate jdbc, int count) {
        return devices(jdbc, count, null);
    }

    /** Enrols devices that may use only the models of one run. */
    RolloutScene devices(JdbcTemplate jdbc, int count, @Nullable String run) {
        for (int i = 0; i < count; i++) {
            String id = Credential.newId();
            String secret = Credential.newDeviceToken(id);
            Scene.enrol(jdbc, id, secret);
            jdbc.update("UPDATE client SET run = ? WHERE id = ?", run, id);
            Device device = new Device(id, new Http(endpoint, secret));
            must(device.http.putJson("/clients/me/attributes", "{\"attributes\":{\"fleet\":\"" + model + "\"}}"), 204);
            devices.add(device);
        }
        return this;
    }

    /** Sets the time at which devices were last seen. */
    void unseen(JdbcTemplate jdbc, List<Device> away, OffsetDateTime since) {
        away.forEach(device -> jdbc.update(
                "UPDATE client SET enrolled_at = ?, last_seen_at = ? WHERE id = ?", since, since, device.id()));
    }

    /**
     * Returns the conditions that the roll-out waits for, or its warnings, each as a text that begins with its code.
     */
    List<String> notices(String rollout, String field) {
        return list(rollout, field).stream()
                .map(notice -> notice.get("code") + ": " + notice.get("text"))
                .toList();
    }

    /** Returns the body of a roll-out of version 2 to these devices; {@code more} contains further fields. */
    String definition(String groups, String more) {
        return "{\"model\":\"" + model + "\",\"version\":2,\"alias\":\"production\",\"selector\":\"fleet=" + model
                + "\",\"groups\":" + groups + (more.isEmpty() ? "" : "," + more) + "}";
    }

    String create(String groups, String more) {
        return must(operator.postJson("/rollouts", definition(groups, more)), 201)
                .get("id");
    }

    Reply view(String rollout) {
        return operator.get("/rollouts/" + rollout);
    }

    String state(String rollout) {
        return view(rollout).get("state");
    }

    /** Returns a list of objects in the roll-out. */
    private List<Map<Object, Object>> list(String rollout, String field) {
        return JSON.convertValue(view(rollout).json().get(field), new TypeReference<>() {});
    }

    Map<Object, Object> group(String rollout, int number) {
        return list(rollout, "progress").get(number - 1);
    }

    /** Returns the metrics of a group. */
    String metrics(String rollout, int group) {
        return String.valueOf(group(rollout, group).get("metrics"));
    }

    List<String> events(String rollout) {
        return list(rollout, "events").stream()
                .map(event -> String.valueOf(event.get("type")).replace("rollout.", ""))
                .toList();
    }

    /** Returns the devices in the order in which groups with a share take them. */
    List<Device> inOrder(String rollout) {
        return devices.stream()
                .sorted(Comparator.comparingDouble(device -> DeviceFraction.of(rollout, device.id())))
                .toList();
    }

    /** Returns the version that a device gets. */
    int version(Device device) {
        Reply reply = must(device.http.get("/models/" + model + "/versions/@production"), 200);
        return Integer.parseInt(reply.header("Evenkeel-Model-Version"));
    }

    /** Sends a request from each device, and returns the number of devices that get version 2. */
    long onNew() {
        return devices.stream().filter(device -> version(device) == 2).count();
    }

    Reply report(String rollout, Device device, String json) {
        return device.http.putJson("/rollouts/" + rollout + "/reports/me", json);
    }

    void installed(String rollout, Device device) {
        must(report(rollout, device, "{\"version\":2,\"outcome\":\"installed\"}"), 204);
    }

    void installed(String rollout, Device device, double before, double after) {
        must(
                report(
                        rollout,
                        device,
                        "{\"version\":2,\"outcome\":\"installed\",\"baseline\":1,\"samples\":50,\"metrics\":{\"accuracy\":{\"before\":"
                                + before + ",\"after\":" + after + "}}}"),
                204);
    }

    void failed(String rollout, Device device) {
        must(report(rollout, device, "{\"version\":2,\"outcome\":\"failed\",\"reason\":\"no memory\"}"), 204);
    }

    int named() {
        return must(operator.get("/models/" + model + "/versions/@production/details"), 200)
                .number("version");
    }

    Reply act(String rollout, String verb) {
        return operator.post("/rollouts/" + rollout + "/" + verb);
    }
}
