package io.evenkeel.coordinator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/** Devices that report attributes, and that operators label and select. */
final class LabelledFleet {

    static final String PATCH = "application/merge-patch+json";

    final Http operator;
    final String mark = Scene.newName();
    private final Api api;

    LabelledFleet(Api api) {
        this.api = api;
        operator = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN);
    }

    static String json(Map<String, ?> value) {
        return new JsonMapper().writeValueAsString(value);
    }

    Reply enrol(Map<String, String> attributes) {
        return operator.postJson(
                "/enrolments", json(Map.of("token", api.enrolmentToken(1), "name", mark, "attributes", attributes)));
    }

    Http device(Reply enrolled) {
        assertThat(enrolled.status()).as(enrolled.toString()).isEqualTo(201);
        return new Http(api.endpoint(), enrolled.get("secret"));
    }

    static Reply report(Http device, Map<String, String> attributes) {
        return device.putJson("/clients/me/attributes", json(Map.of("attributes", attributes)));
    }

    Reply label(String client, String patch) {
        return operator.patch("/clients/" + client + "/labels", PATCH, patch.getBytes(StandardCharsets.UTF_8));
    }

    Reply labelAll(String parameters, String patch) {
        return operator.patch(
                "/clients/labels?search=" + mark + "&" + parameters, PATCH, patch.getBytes(StandardCharsets.UTF_8));
    }

    Map<?, ?> shown(String client, String field) {
        return (Map<?, ?>)
                Objects.requireNonNull(operator.get("/clients/" + client).json().get(field));
    }

    List<String> chosen(String selector) {
        String query = "/clients?limit=1000&search=" + mark + "&selector="
                + URLEncoder.encode(selector, StandardCharsets.UTF_8);
        Reply reply = operator.get(query);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.jsonList().stream()
                .map(row -> String.valueOf(((Map<?, ?>) row).get("client")))
                .toList();
    }

    int counted(String selector) {
        return operator.get("/clients/count?search=" + mark + "&selector="
                        + URLEncoder.encode(selector, StandardCharsets.UTF_8))
                .number("matching");
    }
}
