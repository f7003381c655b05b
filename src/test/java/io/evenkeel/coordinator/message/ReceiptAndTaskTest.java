package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.task.WaitingDevices;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Tests messages whose sender waits for its next task in the same request. */
@CoordinatorTest
class ReceiptAndTaskTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    @Autowired
    private WaitingDevices waiting;

    @Autowired
    private MeterRegistry meters;

    private final HttpClient http = HttpClient.newHttpClient();

    private Scene scene(int members, int rounds) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                // No round reaches its deadline while a device waits.
                .create("ef21-norm", rounds, "\"time\":{\"max\":\"1h\"}")
                .members(members)
                .start();
    }

    /** A response, read line by line as it arrives. */
    private record Lines(int status, String type, BufferedReader in) implements AutoCloseable {

        Map<String, Object> next() throws IOException {
            String line = in.readLine();
            assertThat(line).as("a line").isNotNull();
            return new JsonMapper().readValue(line, new TypeReference<>() {});
        }

        void assertEnd() throws IOException {
            assertThat(in.readLine()).as("what follows").isNull();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private Lines put(TestDevice device, Scene scene, int round, byte[] message, String query) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        api.endpoint() + "/api/v1/runs/" + scene.run + "/rounds/" + round + "/messages/me?" + query))
                .header("Authorization", "Bearer " + scene.secretOf(device))
                .header("Content-Type", TestDevice.BINARY)
                .PUT(BodyPublishers.ofByteArray(message))
                .build();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        return new Lines(
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(""),
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
    }

    private void awaitWaiting(int count) {
        eventually().until(() -> waiting.count() == count);
    }

    @Test
    void theReceiptArrivesWhileTheRoundIsOpenAndTheTaskWhenTheNextOpens() throws Exception {
        Scene scene = scene(2, 3);
        TestDevice device = scene.devices.get(0);
        TestDevice.Sent message = device.stage(0, GRADIENT);
        try (Lines answer = put(device, scene, 0, message.bytes, "wait=60s&replica=0")) {
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.type()).isEqualTo("application/x-ndjson");
            Map<String, Object> receipt = answer.next();
            assertThat(receipt.get("client")).isEqualTo(device.client());
            assertThat(receipt.get("sequence")).isEqualTo(1);
            assertThat(scene.view().number("round")).isZero();

            scene.devices.get(1).answer(0, GRADIENT);
            Map<String, Object> task = answer.next();
            assertThat(task.get("state")).isEqualTo("running");
            assertThat(task.get("round")).isEqualTo(1);
            Reply update = device.http().get("/runs/" + scene.run + "/rounds/1/update?since=0");
            assertThat(task.get("updateBytes")).isEqualTo(update.body().length);
            answer.assertEnd();
        }
        awaitWaiting(0);
    }

    @Test
    void theSenderOfTheLastMessageLearnsThatTheRunHasEnded() throws Exception {
        Scene scene = scene(1, 1);
        TestDevice device = scene.devices.get(0);
        try (Lines answer = put(device, scene, 0, device.stage(0, GRADIENT).bytes, "wait=60s")) {
            assertThat(answer.next().get("includedIn")).isEqualTo(0);
            assertThat(answer.next().get("state")).isEqualTo("finished");
            answer.assertEnd();
        }
    }

    @Test
    void aRepeatedMessageGetsItsReceiptAndTheNextTask() throws Exception {
        Scene scene = scene(2, 3);
        TestDevice device = scene.devices.get(0);
        byte[] message = device.stage(0, GRADIENT).bytes;
        try (Lines first = put(device, scene, 0, message, "wait=60s")) {
            Map<String, Object> receipt = first.next();
            awaitWaiting(1);
            try (Lines second = put(device, scene, 0, message, "wait=60s")) {
                assertThat(second.status()).isEqualTo(200);
                assertThat(second.next()).isEqualTo(receipt);
                assertThat(first.next()).as("one slot for each device").containsOnlyKeys("retryAfter");
                first.assertEnd();
                scene.devices.get(1).answer(0, GRADIENT);
                assertThat(second.next().get("round")).isEqualTo(1);
            }
        }
    }

    @Test
    void aRequestThatTimesOutGetsARetryAfter() throws Exception {
        Scene scene = scene(2, 3);
        TestDevice device = scene.devices.get(0);
        try (Lines answer = put(device, scene, 0, device.stage(0, GRADIENT).bytes, "wait=60s")) {
            answer.next();
            awaitWaiting(1);
            clock.advance(TestDevice.LONGER_THAN_ANYBODY_WAITS);
            heartbeat.tick();
            assertThat((Integer) answer.next().get("retryAfter")).isBetween(1, 5);
            answer.assertEnd();
        }
    }

    @Test
    void aRefusedMessageGetsAProblemAtOnce() throws Exception {
        Scene scene = scene(2, 3);
        TestDevice device = scene.devices.get(0);
        try (Lines answer = put(device, scene, 1, device.stage(1, GRADIENT).bytes, "wait=60s")) {
            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.type()).isEqualTo("application/problem+json");
            assertThat(answer.next().get("type")).isEqualTo("urn:evenkeel:problem:round-not-open");
            answer.assertEnd();
        }
        try (Lines answer = put(device, scene, 0, device.stage(0, GRADIENT).bytes, "wait=soon")) {
            assertThat(answer.next().get("type")).isEqualTo("urn:evenkeel:problem:malformed");
        }
        assertThat(waiting.count()).isZero();
    }

    @Test
    void aRefusedTaskRequestEndsTheResponseAfterTheReceipt() throws Exception {
        Scene scene = scene(2, 3);
        TestDevice device = scene.devices.get(0);
        try (Lines answer = put(device, scene, 0, device.stage(0, GRADIENT).bytes, "wait=60s")) {
            answer.next();
            awaitWaiting(1);
            assertThat(device.leave().status()).isEqualTo(204);
            scene.devices.get(1).answer(0, GRADIENT);
            answer.assertEnd();
        }
    }

    @Test
    void metricsCountAMessageAtItsReceiptAndARequestAtItsEnd() throws Exception {
        Scene scene = scene(2, 3);
        TestDevice device = scene.devices.get(0);
        long requests = requests();
        try (Lines answer = put(device, scene, 0, device.stage(0, GRADIENT).bytes, "wait=60s")) {
            answer.next();
            eventually().until(() -> accepted(scene) == 1);
            scene.devices.get(1).answer(0, GRADIENT);
            answer.next();
            answer.assertEnd();
        }
        eventually().untilAsserted(() -> assertThat(requests()).isEqualTo(requests + 2));
        assertThat(accepted(scene)).isEqualTo(2);
    }

    private long requests() {
        return meters
                .find("http.server.requests")
                .tag("uri", "/api/v1/runs/{run}/rounds/{round}/messages/me")
                .timers()
                .stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private double accepted(Scene scene) {
        return meters.find("evenkeel.run.messages").tag("run", scene.run).tag("outcome", "accepted").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }
}
