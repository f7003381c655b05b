package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.platform.http.EndpointCalls.Endpoint;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Checks that every endpoint declares the largest body that it reads, and refuses a larger one. */
@CoordinatorTest
class BodyLimitTest {

    private static final String JSON = "application/json";
    private static final int LARGEST_OF_PLAN = 2_000_000;

    /** The maximum number of bytes to send; for a larger limit, a test only announces the length. */
    private static final int MAX_SENT = 10_000_000;

    private final Api api;
    private final EndpointCalls calls;

    BodyLimitTest(
            @Autowired Api api,
            @Autowired @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mapping) {
        this.api = api;
        this.calls = new EndpointCalls(api, mapping);
    }

    @Test
    void refusesBodiesBeyondTheLimitThatIsStated() throws IOException {
        for (Endpoint endpoint : calls.endpoints()) {
            EndpointBodiesTest.Body body = EndpointBodiesTest.BODIES.get(endpoint.name());
            if (body == null || body.limit() == BodyLimit.NONE || body.limit() == BodyLimit.BY_PLAN) {
                continue;
            }
            if (body.limit() > MAX_SENT) {
                assertThat(statusOfAnnounced(endpoint, body)).isEqualTo("HTTP/1.1 413 ");
                continue;
            }
            String type = body.types().get(0);
            byte[] tooMuch = spaces((int) body.limit() + 1);
            for (HttpResponse<String> answer : List.of(
                    calls.send(endpoint, type, BodyPublishers.ofByteArray(tooMuch)),
                    calls.send(endpoint, type, chunked(tooMuch)))) {
                EndpointBodiesTest.assertRefused(answer, ProblemKind.TOO_LARGE, endpoint.name());
                assertThat(answer.body()).contains("at most " + body.limit() + " bytes", "\"limit\":" + body.limit());
            }
            byte[] allowed = spaces((int) body.limit());
            assertThat(calls.send(endpoint, type, chunked(allowed)).statusCode())
                    .as(endpoint.name())
                    .isNotIn(413, 500);
        }
    }

    @Test
    void refusesBodiesBeyondWhatThePlanAllows() {
        String run = "bodies-by-plan";
        api.operator()
                .post()
                .uri("/api/v1/runs")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of(
                        "name",
                        run,
                        "dimension",
                        10,
                        "algorithm",
                        "ef21-norm",
                        "rounds",
                        2,
                        "initialModel",
                        "uploaded"))
                .exchange()
                .expectStatus()
                .isCreated();
        String device = api.enrol().secret();
        HttpResponse<String> joined =
                calls.send("PUT", "/api/v1/runs/" + run + "/members/me", device, JSON, BodyPublishers.ofString("{}"));
        assertThat(joined.statusCode()).isEqualTo(201);
        byte[] tooMuch = spaces(LARGEST_OF_PLAN);
        for (BodyPublisher body : List.of(BodyPublishers.ofByteArray(tooMuch), chunked(tooMuch))) {
            for (String type : List.of(JSON, "application/vnd.evenkeel.message")) {
                HttpResponse<String> answer =
                        calls.send("PUT", "/api/v1/runs/" + run + "/rounds/0/messages/me", device, type, body);
                EndpointBodiesTest.assertRefused(answer, ProblemKind.TOO_LARGE, type);
                assertThat(answer.body()).contains("\"limit\":");
            }
        }
        HttpResponse<String> model = calls.send(
                "PUT",
                "/api/v1/runs/" + run + "/model",
                CoordinatorTest.OPERATOR_TOKEN,
                "application/octet-stream",
                BodyPublishers.ofByteArray(tooMuch));
        EndpointBodiesTest.assertRefused(model, ProblemKind.TOO_LARGE, "model");
    }

    @Test
    void statesTheLimitsInTheOpenApiDocument() {
        var paths = api.anonymous()
                .get()
                .uri("/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody();
        EndpointBodiesTest.BODIES.forEach((name, body) -> {
            String[] parts = name.split(" ", 2);
            String path = "$.paths['" + parts[1] + "']." + parts[0].toLowerCase(Locale.ROOT) + ".requestBody";
            if (body.limit() > 0 && body.limit() < BodyLimit.NONE) {
                paths.jsonPath(path + ".x-max-bytes").isEqualTo(body.limit());
                paths.jsonPath(path + ".description").isEqualTo("At most " + body.limit() + " bytes.");
            } else {
                paths.jsonPath(path + ".description")
                        .value(String.class, text -> assertThat(text).startsWith("As large as"));
            }
        });
    }

    /** Announces a body beyond the limit without sending it, and returns the response's first line. */
    private String statusOfAnnounced(Endpoint endpoint, EndpointBodiesTest.Body body) throws IOException {
        URI address = URI.create(api.endpoint());
        String head =
                endpoint.method() + " " + endpoint.pattern().replaceAll("\\{[^}]*}", "1") + " HTTP/1.1\r\nHost: x\r\n"
                        + "Authorization: Bearer " + CoordinatorTest.OPERATOR_TOKEN + "\r\nContent-Type: "
                        + body.types().get(0) + "\r\nContent-Length: " + (body.limit() + 1) + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
        }
    }

    private static BodyPublisher chunked(byte[] body) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    }

    private static byte[] spaces(int count) {
        byte[] spaces = new byte[count];
        Arrays.fill(spaces, (byte) ' ');
        return spaces;
    }
}
