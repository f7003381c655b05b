package io.evenkeel.coordinator.telemetry;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;

class TracingTest {

    @TempDir
    private Path folder;

    private final List<String> received = new CopyOnWriteArrayList<>();
    private HttpServer collector;

    @BeforeEach
    void startCollector() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stopCollector() {
        collector.stop(0);
    }

    @Test
    void isOffUnlessSwitchedOn() {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder, endpoint())) {
            assertThat(new Http(coordinator.endpoint(), CoordinatorTest.OPERATOR_TOKEN)
                            .get("/runs")
                            .status())
                    .isEqualTo(200);
            assertThatThrownBy(() -> coordinator.bean(SdkTracerProvider.class))
                    .isInstanceOf(NoSuchBeanDefinitionException.class);
            assertThatThrownBy(() -> coordinator.bean(Tracer.class)).isInstanceOf(NoSuchBeanDefinitionException.class);
        }
        assertThat(received).isEmpty();
    }

    @Test
    void sendsSpansOfRequestsWithoutTheirSecrets() {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(
                folder,
                endpoint(),
                "--spring.profiles.active=tracing",
                "--management.tracing.sampling.probability=1",
                "--management.opentelemetry.tracing.export.schedule-delay=50ms")) {
            assertThat(new Http(coordinator.endpoint(), CoordinatorTest.OPERATOR_TOKEN)
                            .get("/runs")
                            .status())
                    .isEqualTo(200);

            eventually()
                    .untilAsserted(
                            () -> assertThat(received).anyMatch(spans -> spans.contains("http get /api/v1/runs")));
            assertThat(received)
                    .anyMatch(spans -> spans.contains("evenkeel"))
                    .noneMatch(spans -> spans.contains("evk_op_"));
        }
    }

    private String endpoint() {
        return "--management.opentelemetry.tracing.export.otlp.endpoint=http://localhost:"
                + collector.getAddress().getPort() + "/v1/traces";
    }
}
