package io.evenkeel.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An HTTP response with its whole body. */
public final class Response {

    private final int status;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * @param status the HTTP status
     * @param headers values by name, in any case
     * @param body not copied; empty if there is none
     */
    public Response(int status, Map<String, List<String>> headers, byte[] body) {
        this.status = status;
        this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        this.headers.putAll(headers);
        this.body = body;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns whether the status is a success. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    /** Returns the first value of a header. */
    public Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name, List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /** Returns whether the body is JSON of any kind. */
    public boolean isJson() {
        String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return type.startsWith("application/json") || type.startsWith("application/problem+json");
    }

    /** Returns whether the body is lines of JSON. */
    public boolean isLines() {
        return header("Content-Type").orElse("").toLowerCase(Locale.ROOT).startsWith("application/x-ndjson");
    }

    /** Returns the body, not copied. */
    public byte[] body() {
        return body;
    }
}
