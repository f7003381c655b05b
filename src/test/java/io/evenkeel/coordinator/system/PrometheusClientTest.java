package io.evenkeel.coordinator.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.coordinator.testing.TurnedClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PrometheusClientTest {

    private static final String ALERTS = """
            {"status": "success", "data": {"alerts": [
              {"labels": {"alertname": "EvenkeelRunFailed", "severity": "critical", "run": "digits"},
               "annotations": {"summary": "Run digits failed"}, "state": "firing", "activeAt": "2026-03-01T10:00:00Z"},
              {"labels": {"alertname": "EvenkeelDown"}, "annotations": {}, "state": "firing",
               "activeAt": "2026-03-01T09:00:00.5Z"},
              {"labels": {"alertname": "EvenkeelLossRising"}, "state": "pending"},
              {"labels": {"alertname": "SomebodyElsesAlert"}, "state": "firing"}]}}""";

    private final TurnedClock clock = new TurnedClock();
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server = newServer();
    private volatile int status = 200;
    private volatile String body = ALERTS;
    private volatile boolean silent;

    private static HttpServer newServer() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void start() {
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/prometheus/api/v1/alerts", exchange -> {
            asked.incrementAndGet();
            byte[] answer = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().flush();
            if (silent) {
                await();
            }
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }

    private void await() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
    }

    private PrometheusClient client(Duration timeout) {
        URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/prometheus/");
        return new PrometheusClient(new PrometheusSettings(address, timeout), clock, new JsonMapper());
    }

    private FiringAlerts firing() {
        return client(Duration.ofMinutes(1)).firing().orElseThrow();
    }

    @Test
    void keepsOurAlertsThatFireTheOldestFirst() {
        FiringAlerts alerts = firing();
        assertThat(alerts.problem()).isNull();
        assertThat(alerts.firing())
                .extracting(FiringAlerts.Alert::name)
                .containsExactly("EvenkeelDown", "EvenkeelRunFailed");
        assertThat(alerts.firing().get(1))
                .isEqualTo(new FiringAlerts.Alert(
                        "EvenkeelRunFailed",
                        "critical",
                        "digits",
                        "Run digits failed",
                        Instant.parse("2026-03-01T10:00:00Z")));
    }

    @Test
    void queriesAgainAfterTenSecondsForAnyNumberOfReaders() {
        PrometheusClient client = client(Duration.ofMinutes(1));
        client.firing();
        client.firing();
        assertThat(asked).hasValue(1);
        clock.advance(Duration.ofSeconds(11));
        client.firing();
        assertThat(asked).hasValue(2);
    }

    @Test
    void reportsWhyThereAreNoAlerts() {
        status = 503;
        assertThat(firing().problem()).isEqualTo("Prometheus does not report alerts: it responded with status 503");
        status = 200;
        body = "<html>";
        assertThat(firing().problem()).contains("not JSON");
        body = "x".repeat(2 << 20);
        assertThat(firing().problem()).contains("more than 1048576 bytes");
    }

    @Test
    void waitsNoLongerThanItsTimeoutForABodyThatDoesNotEnd() {
        silent = true;
        assertThat(client(Duration.ofMillis(50)).firing().orElseThrow().problem())
                .contains("did not respond within 50 ms");
    }

    @Test
    void queriesNothingIfNoneIsConfigured() {
        assertThat(new PrometheusClient(
                                new PrometheusSettings(URI.create(""), Duration.ofSeconds(3)), clock, new JsonMapper())
                        .firing())
                .isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrometheusSettings(URI.create("prometheus:9090"), Duration.ofSeconds(3)))
                .withMessageContaining("evenkeel.prometheus.url");
    }
}
