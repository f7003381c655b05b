package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;

/** An experiment with two arms, and devices of both. */
final class ExperimentScene {

    static final String DEFINITION = "\"definition\": {\"dimension\": 6, \"algorithm\": \"ef21\","
            + " \"compressor\": \"top-k:2\", \"gamma\": \"0.1\", \"rounds\": 20, \"priority\": 1000}";
    static final String ARMS = "\"arms\": {\"control\": {}, \"normalized\": {\"algorithm\": \"ef21-norm\"}}";

    /** A device of each arm. */
    record Pair(TestDevice control, TestDevice normalized) {}

    final Http operator;
    final String name = Scene.newName() + "-trial";
    private final Api api;
    private final JdbcTemplate jdbc;

    ExperimentScene(Api api, JdbcTemplate jdbc) {
        this.api = api;
        this.jdbc = jdbc;
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
    }

    /** Creates the experiment; {@code more} contains further fields of its definition. */
    Reply create(String more) {
        return operator.postJson(
                "/experiments",
                "{\"name\": \"" + name + "\", " + DEFINITION + ", " + ARMS + (more.isEmpty() ? "" : ", " + more) + "}");
    }

    Reply act(String verb) {
        return operator.post("/experiments/" + name + "/" + verb);
    }

    Reply show() {
        return operator.get("/experiments/" + name);
    }

    Reply run(String arm) {
        return operator.get("/runs/" + name + "-" + arm);
    }

    /** Enrols a client, and returns it as a device of each arm. */
    Pair device() {
        String client = Credential.newId();
        String secret = Credential.newDeviceToken(client);
        Scene.enrol(jdbc, client, secret);
        Http http = new Http(api.endpoint(), secret);
        return new Pair(
                new TestDevice(http, name + "-control", client, 6, "top-k:2", FeedbackMethod.EF21),
                new TestDevice(http, name + "-normalized", client, 6, "top-k:2", FeedbackMethod.EF21));
    }

    /** Enrols devices until each arm has a member, and returns a member of each arm. */
    Pair members() {
        TestDevice control = null;
        TestDevice normalized = null;
        while (control == null || normalized == null) {
            Pair device = device();
            control = device.control().join(1).status() == 201 ? device.control() : control;
            normalized = device.normalized().join(1).status() == 201 ? device.normalized() : normalized;
        }
        return new Pair(control, normalized);
    }

    /** Returns a field of all arms. */
    static List<?> arms(Reply experiment, String field) {
        List<Object> values = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(experiment.json().get("arms")))
                .forEach(arm -> values.add(((Map<?, ?>) arm).get(field)));
        return values;
    }
}
