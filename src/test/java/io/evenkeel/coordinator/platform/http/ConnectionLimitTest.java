package io.evenkeel.coordinator.platform.http;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.SlowConnection;
import io.evenkeel.coordinator.testing.WebServer;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;

/**
 * Connections from one address beyond the coordinator's limit do not lock out other addresses. In this test the
 * coordinator closes no connection merely because it is silent.
 */
@CoordinatorTest
@TestPropertySource(
        properties = {
            "server.tomcat.max-connections=30",
            "server.tomcat.connection-timeout=1h",
            "evenkeel.connections.header-timeout=200ms",
            "evenkeel.management.port=0"
        })
@OnlyInCi
class ConnectionLimitTest {

    private static final int CROWD = 32;
    private static final int MAX_PER_ADDRESS = 23;

    /** Tomcat's count includes the connection that it waits for. */
    private static final int AWAITED = 1;

    @Autowired
    private Api api;

    @Autowired
    private ApplicationContext context;

    @Autowired
    private ManagementPort management;

    @LocalServerPort
    private int port;

    private final List<SlowConnection> crowd = new ArrayList<>();
    private WebServer server;

    @BeforeEach
    void connect() {
        server = new WebServer(context);
        eventually().until(() -> server.connections() <= AWAITED);
    }

    @AfterEach
    void hangUp() throws IOException {
        for (SlowConnection connection : crowd) {
            connection.close();
        }
    }

    private void open(String start) throws IOException {
        for (int i = 0; i < CROWD; i++) {
            crowd.add(new SlowConnection(port, start.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    @Test
    void anAddressHasAtMostThreeQuartersOfTheConnections() throws IOException, InterruptedException {
        open("");
        eventually().until(() -> server.connections() == MAX_PER_ADDRESS + AWAITED);

        URI health = URI.create("http://localhost:"
                + Objects.requireNonNull(management.connector()).getLocalPort() + "/actuator/health/readiness");
        assertThat(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding())
                        .statusCode())
                .as("health has separate connections")
                .isEqualTo(200);
    }

    @Test
    void headersThatArriveByteByByteAreCutOff() throws IOException {
        open("GET /api/v1/runs HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        eventually().until(() -> server.connections() == MAX_PER_ADDRESS + AWAITED);

        eventually().until(() -> {
            crowd.forEach(SlowConnection::drip);
            return server.connections() == AWAITED;
        });
        api.operator().get().uri("/api/v1/runs").exchange().expectStatus().isOk();
    }
}
