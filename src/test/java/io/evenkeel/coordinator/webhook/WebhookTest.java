package io.evenkeel.coordinator.webhook;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OtherSettings;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@OtherSettings
class WebhookTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
        jdbc.update("DELETE FROM webhook");
    }

    private Scene scene(int rounds) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", rounds, "\"time\":{\"max\":\"60s\"}")
                .members(1);
    }

    private Reply create(Scene scene, String more) {
        Reply created = scene.operator.postJson(
                "/webhooks", "{\"url\":\"" + receiver.url() + "\",\"run\":\"" + scene.run + "\"" + more + "}");
        assertThat(created.status()).isEqualTo(201);
        return created;
    }

    private List<Map<String, Object>> deliveries(Scene scene, Reply webhook) {
        return scene.operator
                .get("/webhooks/" + webhook.get("id") + "/deliveries")
                .jsonList();
    }

    private void awaitState(Scene scene, Reply webhook, String state) {
        eventually()
                .until(() ->
                        deliveries(scene, webhook).stream().anyMatch(delivery -> state.equals(delivery.get("state"))));
    }

    private List<String> types() {
        return receiver.received.stream()
                .map(one -> json(one).path("type").asString())
                .toList();
    }

    private static JsonNode json(Receiver.Received one) {
        return new JsonMapper().readTree(one.body());
    }

    @Test
    void sendsSignedEventsOfARun() {
        Scene scene = scene(1);
        Reply webhook = create(scene, "");
        scene.start();
        scene.devices.get(0).answer(0, GRADIENT);
        eventually().until(() -> receiver.received.size() == 2);

        assertThat(types()).containsExactlyInAnyOrder("run.started", "run.finished");
        Receiver.Received started = receiver.received.get(0);
        assertThat(started.path()).isEqualTo("/hooks");
        assertThat(json(started).path("data").path("run").asString()).isEqualTo(scene.run);
        assertThat(started.signature())
                .isEqualTo(WebhookSignature.of(
                        webhook.get("secret"), started.id(), Long.parseLong(started.timestamp()), started.body()));
        assertThat(receiver.received.get(1).id()).isNotEqualTo(started.id());
    }

    @Test
    void sendsOnlyTheRequestedTypesAndRun() {
        Scene other = scene(2);
        Scene scene = scene(2);
        create(scene, ",\"events\":[\"run.paused\",\"run.cancelled\"]");
        other.start().act("pause");
        scene.start().act("pause").act("resume").act("cancel");
        eventually().until(() -> receiver.received.size() == 2);

        assertThat(types()).containsExactlyInAnyOrder("run.paused", "run.cancelled");
        assertThat(receiver.received)
                .allSatisfy(one -> assertThat(json(one).path("data").path("run").asString())
                        .isEqualTo(scene.run));
    }

    @Test
    void reportsAMissedQuorumOnce() {
        Scene scene = scene(2).start();
        create(scene, ",\"events\":[\"round.quorum_missed\"]");
        for (int times = 1; times <= 2; times++) {
            int expected = times;
            clock.advance(Duration.ofSeconds(61));
            eventually().until(() -> scene.view().number("extended") == expected);
        }
        scene.act("cancel");
        eventually().until(() -> receiver.received.size() == 1);
        assertThat(types()).containsExactly("round.quorum_missed");
        assertThat(receiver.received.get(0).body()).contains("too few messages");
    }

    @Test
    void retriesWithGrowingPausesAndGivesUp() {
        receiver.answerWith(500);
        Scene scene = scene(2);
        Reply webhook = create(scene, ",\"events\":[\"run.started\"]");
        scene.start();
        for (int attempt = 1; attempt <= 3; attempt++) {
            int expected = attempt;
            eventually().until(() -> receiver.received.size() == expected);
            eventually()
                    .until(() ->
                            deliveries(scene, webhook).get(0).get("status") instanceof Integer status && status == 500);
            clock.advance(Duration.ofMinutes(1));
        }
        awaitState(scene, webhook, "failed");
        assertThat(receiver.received.stream().map(Receiver.Received::id).distinct())
                .hasSize(1);
        Map<String, Object> failed = deliveries(scene, webhook).get(0);
        assertThat(failed).containsEntry("attempts", 3).containsEntry("status", 500);
        assertThat(failed.get("error")).asString().contains("500");

        receiver.answerWith(200);
        Reply again = scene.operator.post(
                "/webhooks/" + webhook.get("id") + "/deliveries/" + failed.get("id") + "/redeliver");
        assertThat(again.get("state")).isEqualTo("pending");
        awaitState(scene, webhook, "delivered");
        assertThat(receiver.received).hasSize(4);
    }

    @Test
    void followsNoRedirect() {
        receiver.answerBy(exchange -> {
            exchange.getResponseHeaders().set("Location", receiver.url() + "/elsewhere");
            return false;
        });
        receiver.answerWith(307);
        Scene scene = scene(2);
        Reply webhook = create(scene, ",\"events\":[\"run.started\"]");
        scene.start();
        eventually()
                .until(() -> String.valueOf(deliveries(scene, webhook).stream()
                                .map(delivery -> delivery.get("error"))
                                .toList())
                        .contains("307"));
        assertThat(receiver.received).extracting(Receiver.Received::path).containsOnly("/hooks");
    }

    /** Sends an endless response, byte by byte, and no response. The timeout applies to the whole attempt. */
    @Test
    void endsAnAttemptThatTakesTooLong() {
        receiver.answerBy(exchange -> true);
        Scene scene = scene(2);
        Reply webhook = create(scene, ",\"events\":[\"run.started\"]");
        scene.start();
        eventually()
                .until(() -> String.valueOf(deliveries(scene, webhook).stream()
                                .map(delivery -> delivery.get("error"))
                                .toList())
                        .matches(".*(no response within|Timeout).*"));
    }

    @Test
    void readsNoMoreThanTheHeadOfAResponse() {
        receiver.answerBy(exchange -> {
            try {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(new byte[1 << 20]);
                exchange.getResponseBody().flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
        Scene scene = scene(2);
        Reply webhook = create(scene, ",\"events\":[\"run.started\"]");
        scene.start();
        awaitState(scene, webhook, "delivered");
    }

    @Test
    void sendsATestOnRequest() {
        Scene scene = scene(2);
        Reply webhook = create(scene, "");
        Reply test = scene.operator.post("/webhooks/" + webhook.get("id") + "/test");
        assertThat(test.get("type")).isEqualTo("test");
        awaitState(scene, webhook, "delivered");
        assertThat(types()).containsExactly("test");
        assertThat(scene.operator
                        .get("/webhooks/" + webhook.get("id") + "/deliveries/" + test.get("id"))
                        .get("status"))
                .isEqualTo("204");
    }

    @Test
    void showsTheSecretOnce() {
        Scene scene = scene(2);
        Reply webhook = create(scene, ",\"description\":\"chat\"");
        String secret = webhook.get("secret");
        assertThat(secret).startsWith("whsec_");
        assertThat(scene.operator.get("/webhooks").text())
                .contains(webhook.get("id"), "chat")
                .doesNotContain(secret);
        assertThat(scene.operator.get("/webhooks/" + webhook.get("id")).text()).doesNotContain(secret);
    }

    @Test
    void sendsNothingToADeletedWebhook() {
        receiver.answerWith(500);
        Scene scene = scene(2);
        Reply webhook = create(scene, ",\"events\":[\"run.started\"]");
        scene.start();
        eventually().until(() -> receiver.received.size() == 1);
        assertThat(scene.operator.delete("/webhooks/" + webhook.get("id")).status())
                .isEqualTo(204);
        assertThat(scene.operator.get("/webhooks/" + webhook.get("id")).problem())
                .isEqualTo("webhook-not-found");
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM webhook_delivery", Integer.class))
                .isZero();
    }

    @Test
    void refusesInvalidWebhooks() {
        Scene scene = scene(2);
        for (String url :
                List.of("ftp://example.org/", "example.org", "https://user@example.org/", "http:///x", "::")) {
            Reply refused = scene.operator.postJson("/webhooks", "{\"url\":\"" + url + "\"}");
            assertThat(refused.problem()).as(url).isEqualTo("invalid");
            assertThat(refused.get("field")).isEqualTo("url");
        }
        Reply unknown = scene.operator.postJson(
                "/webhooks", "{\"url\":\"https://example.org/\",\"events\":[\"round.closed\"]}");
        assertThat(unknown.get("field")).isEqualTo("events");
        assertThat(unknown.text()).contains("run.finished");
        assertThat(scene.operator.get("/webhooks/none/deliveries").problem()).isEqualTo("webhook-not-found");
        Reply webhook = create(scene, "");
        assertThat(scene.operator
                        .post("/webhooks/" + webhook.get("id") + "/deliveries/12345/redeliver")
                        .problem())
                .isEqualTo("delivery-not-found");
    }
}
