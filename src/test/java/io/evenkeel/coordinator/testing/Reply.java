package io.evenkeel.coordinator.testing;

import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** A response of the coordinator under test. */
public final class Reply {

    private static final JsonMapper JSON = new JsonMapper();

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    public Reply(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    public int status() {
        return status;
    }

    public byte[] body() {
        return body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** Returns the body as float64 values, little-endian. */
    public double[] doubles() {
        double[] values = new double[body.length / Double.BYTES];
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(values);
        return values;
    }

    public Map<?, ?> json() {
        return JSON.readValue(body, Map.class);
    }

    public List<Map<String, Object>> jsonList() {
        return JSON.readValue(body, new TypeReference<>() {});
    }

    public String get(String field) {
        return String.valueOf(json().get(field));
    }

    public int number(String field) {
        return Integer.parseInt(get(field));
    }

    /** Returns the slug of the problem, or the status if the response is not a problem document. */
    public String problem() {
        return status < 400
                ? "none, status " + status
                : String.valueOf(json().get("type")).replace("urn:evenkeel:problem:", "");
    }

    @Override
    public String toString() {
        return status + " " + (body.length < 2000 ? text() : body.length + " bytes");
    }
}
