package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Sends requests about enrolment tokens and devices. */
final class FleetCalls {

    static final String TOKENS = "/api/v1/enrolment-tokens";

    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};
    private static final ParameterizedTypeReference<List<Map<String, Object>>> LIST =
            new ParameterizedTypeReference<>() {};

    private final Api api;

    FleetCalls(Api api) {
        this.api = api;
    }

    Map<String, Object> create(Map<String, Object> request) {
        return object(api.operator()
                .post()
                .uri(TOKENS)
                .contentType(MediaType.APPLICATION_JSON)
                .body(request)
                .exchange());
    }

    RestTestClient.ResponseSpec enrol(String token, String name) {
        return api.anonymous()
                .post()
                .uri("/api/v1/enrolments")
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("token", token, "name", name))
                .exchange();
    }

    RestTestClient.ResponseSpec enrolAs(String key, String token) {
        return api.anonymous()
                .post()
                .uri("/api/v1/enrolments")
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Map.of("token", token))
                .exchange();
    }

    RestTestClient.ResponseSpec task(String secret) {
        return api.as(secret).get().uri("/api/v1/runs/any/task").exchange();
    }

    List<Map<String, Object>> list(String path) {
        List<Map<String, Object>> body = api.operator()
                .get()
                .uri(path)
                .exchange()
                .expectBody(LIST)
                .returnResult()
                .getResponseBody();
        return Objects.requireNonNull(body);
    }

    static String text(Map<String, Object> object, String field) {
        return String.valueOf(object.get(field));
    }

    static int status(RestTestClient.ResponseSpec answer) {
        return answer.returnResult(byte[].class).getStatus().value();
    }

    static Map<String, Object> object(RestTestClient.ResponseSpec answer) {
        Map<String, Object> body = answer.expectStatus()
                .is2xxSuccessful()
                .expectBody(OBJECT)
                .returnResult()
                .getResponseBody();
        return Objects.requireNonNull(body);
    }
}
