package io.evenkeel.coordinator.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A run with an evaluation of its model, and devices that send results. */
final class EvaluatedRun implements AutoCloseable {

    /** A device with its id. */
    record Device(String client, Http http) {}

    private final Api api;
    private final JdbcTemplate jdbc;
    final Http operator;
    final Scene scene;
    final String name = Scene.newName() + "-check";

    EvaluatedRun(Api api, JdbcTemplate jdbc) {
        this.api = api;
        this.jdbc = jdbc;
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
        scene = new Scene(api.endpoint(), jdbc, name + "-run", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "")
                .members(1)
                .start();
    }

    @Override
    public void close() {
        cancel();
        scene.act("cancel");
    }

    Reply cancel() {
        return operator.post("/evaluations/" + name + "/cancel");
    }

    /** Creates the evaluation; {@code more} contains further fields of its definition. */
    Reply create(String more) {
        return operator.postJson(
                "/evaluations",
                "{\"name\": \"" + name + "\", \"run\": \"" + scene.run + "\"" + (more.isEmpty() ? "" : ", " + more)
                        + "}");
    }

    JsonNode show() {
        return new JsonMapper().readTree(operator.get("/evaluations/" + name).body());
    }

    JsonNode metric(String wanted) {
        for (JsonNode metric : show().path("metrics")) {
            if (metric.path("name").asString().equals(wanted)) {
                return metric;
            }
        }
        throw new AssertionError("no metric " + wanted);
    }

    /** Enrols a device, which reports attributes unless they are empty. */
    Device device(String attributes) {
        String client = Credential.newId();
        String secret = Credential.newDeviceToken(client);
        Scene.enrol(jdbc, client, secret);
        Http http = new Http(api.endpoint(), secret);
        if (!attributes.isEmpty()) {
            assertThat(http.putJson("/clients/me/attributes", "{\"attributes\": " + attributes + "}")
                            .status())
                    .isEqualTo(204);
        }
        return new Device(client, http);
    }

    Reply send(Device device, String body) {
        return device.http().putJson("/evaluations/" + name + "/results/me", body);
    }

    static String result(long samples, double accuracy) {
        return "{\"samples\": " + samples + ", \"metrics\": {\"accuracy\": " + accuracy + "}}";
    }

    /** Returns this evaluation's items in a check-in of the device. */
    List<JsonNode> workFor(Device device) {
        Reply work = device.http().get("/work?limit=100");
        List<JsonNode> found = new ArrayList<>();
        if (work.status() == 200) {
            for (JsonNode item : new JsonMapper().readTree(work.body()).path("work")) {
                if (item.path("details").path("evaluation").asString("").equals(name)) {
                    found.add(item);
                }
            }
        }
        return found;
    }
}
