package io.evenkeel.client.http;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request and the limits of its answer. Immutable, if the body is left alone. */
public final class Request {

    private final String method;
    private final URI uri;
    private final Map<String, String> headers;
    private final byte @Nullable [] body;
    private final Duration extraPatience;
    private final long maxAnswerBytes;

    private Request(
            String method,
            URI uri,
            Map<String, String> headers,
            byte @Nullable [] body,
            Duration extraPatience,
            long maxAnswerBytes) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
        this.extraPatience = extraPatience;
        this.maxAnswerBytes = maxAnswerBytes;
    }

    /**
     * A request without a body.
     *
     * @param maxAnswerBytes the longest body a successful answer may have
     */
    public static Request of(String method, URI uri, long maxAnswerBytes) {
        return new Request(method, uri, Map.of(), null, Duration.ZERO, maxAnswerBytes);
    }

    /** The same with a body. */
    public Request body(String contentType, byte[] bytes) {
        return new Request(method, uri, with("Content-Type", contentType), bytes, extraPatience, maxAnswerBytes);
    }

    /** The same with a header more. */
    public Request header(String name, String value) {
        return new Request(method, uri, with(name, value), body, extraPatience, maxAnswerBytes);
    }

    /** The same, for a server that may say nothing for this much longer than usual. */
    public Request patience(Duration extra) {
        return new Request(method, uri, headers, body, extra, maxAnswerBytes);
    }

    private Map<String, String> with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return more;
    }

    /** Returns the method, in upper case. */
    public String method() {
        return method;
    }

    /** Returns the target. */
    public URI uri() {
        return uri;
    }

    /** Returns the headers, content type included. */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /** Returns the body, live, or null if there is none. */
    public byte @Nullable [] body() {
        return body;
    }

    /** Returns how much longer than usual the server may be silent. */
    public Duration extraPatience() {
        return extraPatience;
    }

    /** Returns the longest body a successful answer may have. */
    public long maxAnswerBytes() {
        return maxAnswerBytes;
    }

    /** Names the request in messages; holds no secrets. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
