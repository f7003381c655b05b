package io.evenkeel.coordinator.message;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpMethod;

/** A request that may be invalid in every part. */
final class FuzzInput {

    private static final int MAX_LENGTH = 4_000;

    final HttpMethod method;
    final String uri;
    final Map<String, String> headers;
    final byte[] body;

    /**
     * @param uri path and query, percent-encoded
     * @param body not copied; empty for none
     */
    FuzzInput(HttpMethod method, String uri, Map<String, String> headers, byte[] body) {
        this.method = method;
        this.uri = uri;
        this.headers = new LinkedHashMap<>(headers);
        this.body = body;
    }

    /** Describes the request so that it can be repeated. */
    @Override
    public String toString() {
        return method + " " + uri + " " + headers + " " + new String(body, StandardCharsets.UTF_8) + " = "
                + HexFormat.of().formatHex(body, 0, Math.min(body.length, MAX_LENGTH));
    }
}
