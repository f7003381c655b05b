package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.Api;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Connections that say nothing, or say it slowly, by the hundred: a device beside them is served as if they were not there. */
@CoordinatorTest
class CrowdTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};
    private static final Duration PROMPT = Duration.ofSeconds(5);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private WaitingDevices waiting;

    private final List<SlowConnection> crowd = new ArrayList<>();
    private Scene scene;
    private TestDevice hostile;
    private TestDevice honest;

    /** How many connections of each kind; more than the web server has threads. */
    int size() {
        return 300;
    }

    int idle() {
        return 1_000;
    }

    int pollers() {
        return 300;
    }

    @BeforeEach
    void startARun() {
        scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"participants\":{\"min\":1,\"max\":1}")
                .members(2)
                .start();
        hostile = scene.devices.get(0);
        honest = scene.devices.get(1);
    }

    @AfterEach
    void hangUp() throws IOException {
        for (SlowConnection connection : crowd) {
            connection.close();
        }
    }

    @Test
    void idleConnectionsStopNobody() throws IOException {
        open(idle(), "");
        assertServed();
    }

    @Test
    void headersThatNeverEndStopNobody() throws IOException {
        open(size(), "GET /api/v1/runs HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        drip();
        assertServed();
    }

    @Test
    void bodiesThatNeverComeStopNobodyWhoeverSendsThem() throws IOException {
        String message = "/api/v1/runs/" + scene.run + "/rounds/0/messages/me";
        open(
                size(),
                "PUT " + message + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + TestDevice.BINARY
                        + "\r\nAuthorization: Bearer " + scene.secretOf(hostile) + "\r\nContent-Length: 100\r\n\r\nab");
        open(
                size(),
                "POST /api/v1/enrolments HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100\r\n\r\n{\"to");
        open(
                size(),
                "PUT " + message + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + TestDevice.BINARY
                        + "\r\nContent-Length: 100\r\n\r\nab");
        open(size(), "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\n" + "Transfer-Encoding: chunked\r\n\r\n5\r\nab");
        for (int i = 0; i < 50; i++) {
            assertThat(threadsThatWaitForAnUnwantedBody()).isLessThanOrEqualTo(20);
        }
        drip();
        assertServed();
    }

    @Test
    void readersThatDoNotReadStopNobody() throws IOException {
        open(size(), "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
        assertServed();
    }

    @Test
    void waitingDevicesStopNobody() throws IOException, InterruptedException {
        Scene other = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "");
        other.members(pollers());
        for (TestDevice device : other.devices) {
            open(
                    1,
                    "GET /api/v1/runs/" + other.run + "/task?wait=60s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + other.secretOf(device) + "\r\n\r\n");
        }
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (waiting.count() < pollers() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(waiting.count()).isGreaterThanOrEqualTo(pollers());
        assertServed();
    }

    private static long threadsThatWaitForAnUnwantedBody() {
        return Thread.getAllStackTraces().values().stream()
                .map(Arrays::asList)
                .filter(stack -> stack.stream()
                        .anyMatch(frame -> frame.getClassName().endsWith(".UnreadBodyValve")
                                && frame.getMethodName().equals("drain")))
                .filter(stack ->
                        stack.stream().anyMatch(frame -> frame.getClassName().equals(LockSupport.class.getName())))
                .count();
    }

    private void open(int count, String start) throws IOException {
        URI endpoint = URI.create(api.endpoint());
        for (int i = 0; i < count; i++) {
            crowd.add(new SlowConnection(endpoint.getPort(), start.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** A byte more from each, as a slow link would. */
    private void drip() {
        crowd.forEach(SlowConnection::drip);
    }

    /** A device answers two rounds, each request promptly. */
    private void assertServed() {
        for (int round = 0; round < 2; round++) {
            int now = round;
            prompt(() -> assertThat(honest.task(now - 1).number("round")).isEqualTo(now));
            prompt(() -> honest.model(now));
            prompt(() -> honest.answer(now, GRADIENT));
            scene.await(honest, now);
        }
    }

    private static void prompt(Runnable request) {
        long start = System.nanoTime();
        request.run();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PROMPT);
    }
}
