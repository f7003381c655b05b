package io.evenkeel.coordinator.platform.http;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.task.WaitingDevices;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SlowConnection;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.WebServer;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

/**
 * Hundreds of silent or slow connections do not keep the coordinator from serving a device. The coordinator closes none
 * of them here, so they hold their resources until the test ends.
 */
@CoordinatorTest
@TestPropertySource(properties = {"server.tomcat.connection-timeout=1h", "server.tomcat.keep-alive-timeout=1h"})
@OnlyInCi
class CrowdTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    /** Half of the web server's threads. */
    private static final int MAX_THREADS_HELD = 100;

    /** The number of simultaneous connections without credentials that the limits allow. */
    private static final int HELD = 40;

    /** The maximum number of connections outside the crowd. */
    private static final int MAX_OTHER_CONNECTIONS = 20;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private WaitingDevices waiting;

    @Autowired
    private ApplicationContext context;

    private WebServer server;

    private final List<SlowConnection> crowd = new ArrayList<>();
    private Scene scene;
    private TestDevice hostile;
    private TestDevice honest;

    /** Returns the number of connections of each kind, which exceeds the web server's threads. */
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
        server = new WebServer(context);
        server.disableBodyTimeouts();
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
        eventually().until(() -> server.connections() <= MAX_OTHER_CONNECTIONS);
    }

    @Test
    void idleConnectionsDoNotBlockDevices() throws IOException {
        open(idle(), "");
        assertServedBeside(idle());
    }

    @Test
    void endlessHeadersDoNotBlockDevices() throws IOException {
        open(size(), "GET /api/v1/runs HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        drip();
        assertServedBeside(size());
    }

    @Test
    void missingBodiesDoNotBlockDevices() throws IOException {
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
        drip();
        assertServedBeside(HELD);
    }

    @Test
    void readersThatDoNotReadDoNotBlockDevices() throws IOException {
        open(size(), "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20));
        assertServedBeside(HELD);
    }

    @Test
    void waitingDevicesDoNotBlockDevices() throws IOException {
        Scene other = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "");
        other.members(pollers());
        for (TestDevice device : other.devices) {
            open(
                    1,
                    "GET /api/v1/runs/" + other.run + "/task?wait=60s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                            + other.secretOf(device) + "\r\n\r\n");
        }
        eventually().until(() -> waiting.count() == pollers());
        assertServedBeside(pollers());
        other.act("cancel");
    }

    private void open(int count, String start) throws IOException {
        URI endpoint = URI.create(api.endpoint());
        for (int i = 0; i < count; i++) {
            crowd.add(new SlowConnection(endpoint.getPort(), start.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** Sends one more byte on each connection, like a slow link. */
    private void drip() {
        crowd.forEach(SlowConnection::drip);
    }

    /**
     * Asserts that a device can answer two rounds.
     *
     * @param held the number of the crowd's connections that stay open; connections beyond a limit are refused
     */
    private void assertServedBeside(int held) {
        // A client sees a connection as open before the coordinator has accepted it.
        eventually().until(() -> server.connections() >= held);
        eventually().until(() -> server.busyThreads() <= MAX_THREADS_HELD);
        for (int round = 0; round < 2; round++) {
            assertThat(honest.task(round - 1).number("round")).isEqualTo(round);
            assertThat(honest.model(round)).hasSize(Scene.DIMENSION);
            honest.answer(round, GRADIENT);
            assertThat(scene.await(honest, round).number("round")).isEqualTo(round + 1);
            assertThat(server.connections()).isGreaterThanOrEqualTo(held);
        }
    }
}
