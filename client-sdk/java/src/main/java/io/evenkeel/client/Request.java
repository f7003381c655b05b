package io.evenkeel.client;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request and the limits of its answer. Immutable, if the body is left alone. */
public final class Request {

    private final String method;
    private final URI uri;
    private final Map<String, String> headers;
    private final byte @Nullable [] body;
    private final Duration extraPatience;
    private final long maxAnswerBytes;
    private final @Nullable Consumer<byte[]> firstLine;
    private final @Nullable Request repetition;

    private Request(
            String method,
            URI uri,
            Map<String, String> headers,
            byte @Nullable [] body,
            Duration extraPatience,
            long maxAnswerBytes,
            @Nullable Consumer<byte[]> firstLine,
            @Nullable Request repetition) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
        this.extraPatience = extraPatience;
        this.maxAnswerBytes = maxAnswerBytes;
        this.firstLine = firstLine;
        this.repetition = repetition;
    }

    /**
     * A request without a body.
     *
     * @param maxAnswerBytes the longest body a successful answer may have
     */
    public static Request of(String method, URI uri, long maxAnswerBytes) {
        return new Request(method, uri, Map.of(), null, Duration.ZERO, maxAnswerBytes, null, null);
    }

    /** The same with a body. */
    public Request body(String contentType, byte[] bytes) {
        return new Request(
                method,
                uri,
                with("Content-Type", contentType),
                bytes,
                extraPatience,
                maxAnswerBytes,
                firstLine,
                repetition);
    }

    /** The same with a header more. */
    public Request header(String name, String value) {
        return new Request(method, uri, with(name, value), body, extraPatience, maxAnswerBytes, firstLine, repetition);
    }

    /** The same, for a server that may say nothing for this much longer than usual. */
    public Request patience(Duration extra) {
        return new Request(method, uri, headers, body, extra, maxAnswerBytes, firstLine, repetition);
    }

    /**
     * The same, for a successful answer in lines, whose first counts by itself: it is handed on when it is there, while the server may
     * take the extra patience for the others.
     *
     * @param taker is called at most once, with the line and not its end, by the thread that sends the request
     */
    public Request firstLine(Consumer<byte[]> taker) {
        return new Request(method, uri, headers, body, extraPatience, maxAnswerBytes, taker, repetition);
    }

    /** The same, with another one to send from the second attempt on. */
    public Request repeatedAs(Request other) {
        return new Request(method, uri, headers, body, extraPatience, maxAnswerBytes, firstLine, other);
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

    /** Returns what to send if there was no answer to this. */
    public Request repetition() {
        return repetition == null ? this : repetition;
    }

    /** Returns what takes the answer's first line as soon as it is there, or null if nothing does. */
    public @Nullable Consumer<byte[]> firstLine() {
        return firstLine;
    }

    /** Names the request in messages; holds no secrets. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
