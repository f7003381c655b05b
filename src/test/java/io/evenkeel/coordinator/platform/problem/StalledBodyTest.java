package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

/** Tests that a stalled body gets a response after which a device repeats the request. */
@CoordinatorTest
@TestPropertySource(properties = "server.tomcat.connection-timeout=200ms")
@OnlyInCi
class StalledBodyTest {

    private static final int MAX_WAIT = 60_000;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @LocalServerPort
    private int port;

    @Test
    void isAnsweredWithAProblemThatDevicesRetry() throws IOException {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, "")
                .members(1)
                .start();
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
            connection.setSoTimeout(MAX_WAIT);
            String start = "PUT /api/v1/runs/" + scene.run
                    + "/rounds/0/messages/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
                    + scene.secretOf(scene.devices.get(0))
                    + "\r\nContent-Type: application/vnd.evenkeel.message\r\nContent-Length: 1000\r\n\r\nabc";
            connection.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer)
                    .startsWith("HTTP/1.1 408")
                    .contains("application/problem+json", "urn:evenkeel:problem:too-slow");
        }
    }
}
