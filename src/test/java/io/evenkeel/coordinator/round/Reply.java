package io.evenkeel.coordinator.round;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** An answer of the coordinator under test. */
final class Reply {

    private static final JsonMapper JSON = new JsonMapper();

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    Reply(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    int status() {
        return status;
    }

    byte[] body() {
        return body;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    Map<?, ?> json() {
        return JSON.readValue(body, Map.class);
    }

    List<Map<String, Object>> jsonList() {
        return JSON.readValue(body, new TypeReference<>() {});
    }

    String get(String field) {
        return String.valueOf(json().get(field));
    }

    int number(String field) {
        return Integer.parseInt(get(field));
    }

    /** The slug of the problem, or the status where it is none. */
    String problem() {
        return status < 400
                ? "none, status " + status
                : String.valueOf(json().get("type")).replace("urn:evenkeel:problem:", "");
    }

    @Override
    public String toString() {
        return status + " " + (body.length < 2000 ? text() : body.length + " bytes");
    }
}
