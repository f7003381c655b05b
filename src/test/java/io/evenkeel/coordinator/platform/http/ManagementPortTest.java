package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.OtherSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Metrics and health have a separate port. */
@OtherSettings
class ManagementPortTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort
    private int port;

    @Autowired
    private ManagementPort management;

    @Test
    void servesHealthToEverybody() throws IOException, InterruptedException {
        assertThat(get(managementPort(), "/actuator/health/readiness").statusCode())
                .isEqualTo(200);
        assertThat(get(managementPort(), "/actuator/health/liveness").statusCode())
                .isEqualTo(200);
    }

    @Test
    void servesMetricsToViewersAndOperators() throws IOException, InterruptedException {
        assertThat(get(managementPort(), "/actuator/prometheus").statusCode()).isEqualTo(200);
        assertThat(http.send(request(managementPort(), "/actuator/prometheus").build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator",
                "/actuator/health",
                "/actuator/health/readiness",
                "/actuator/prometheus",
                "/actuator;a=b/health",
                "//actuator/health",
                "/api/../actuator/health",
                "/%61ctuator/health"
            })
    void theMainPortServesNoneOfThem(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(port, path);

        // Some of these paths are refused because of their spelling.
        assertThat(answer.statusCode()).isIn(400, 404);
        assertThat(answer.body()).doesNotContain("UP").doesNotContain("jvm_");
    }

    @Test
    void theMainPortNamesTheManagementPort() throws IOException, InterruptedException {
        HttpResponse<String> answer = get(port, "/actuator/health");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body())
                .contains("urn:evenkeel:problem:not-found")
                .contains("metrics and health are served on the management port only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/runs", "/openapi.json", "/openapi", "/", "/actuatorx", "/actuator/../api/v1/runs"})
    void servesNothingElse(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(managementPort(), path);

        assertThat(answer.statusCode()).isIn(400, 404);
    }

    @Test
    void namesTheMainPort() throws IOException, InterruptedException {
        assertThat(get(managementPort(), "/api/v1/runs").body())
                .contains("urn:evenkeel:problem:not-found")
                .contains("the management port serves metrics and health only");
    }

    private int managementPort() {
        return Objects.requireNonNull(management.connector()).getLocalPort();
    }

    private HttpResponse<String> get(int at, String path) throws IOException, InterruptedException {
        return http.send(
                request(at, path)
                        .header("Authorization", "Bearer " + CoordinatorTest.OPERATOR_TOKEN)
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(int at, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + at + path));
    }
}
