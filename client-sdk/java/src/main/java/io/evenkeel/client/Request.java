package io.evenkeel.client;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An HTTP request and the limits of its response. Immutable as long as the body is not changed. */
public final class Request {

    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final String method;
    private final URI uri;
    private final Map<String, String> headers;
    private final byte @Nullable [] body;
    private final Duration extraTimeout;
    private final Duration longest;
    private final long maxAnswerBytes;
    private final @Nullable Consumer<byte[]> firstLine;
    private final @Nullable Request repetition;

    private Request(
            String method,
            URI uri,
            Map<String, String> headers,
            byte @Nullable [] body,
            Duration extraTimeout,
            Duration longest,
            long maxAnswerBytes,
            @Nullable Consumer<byte[]> firstLine,
            @Nullable Request repetition) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
        this.extraTimeout = extraTimeout;
        this.longest = longest;
        this.maxAnswerBytes = maxAnswerBytes;
        this.firstLine = firstLine;
        this.repetition = repetition;
    }

    /**
     * Creates a request without a body.
     *
     * @param maxAnswerBytes the maximum length of the body of a successful response
     */
    public static Request of(String method, URI uri, long maxAnswerBytes) {
        return new Request(method, uri, Map.of(), null, Duration.ZERO, LONGEST, maxAnswerBytes, null, null);
    }

    /** Returns a copy with a body. */
    public Request body(String contentType, byte[] bytes) {
        return new Request(
                method,
                uri,
                with("Content-Type", contentType),
                bytes,
                extraTimeout,
                longest,
                maxAnswerBytes,
                firstLine,
                repetition);
    }

    /** Returns a copy with an additional header. */
    public Request header(String name, String value) {
        return new Request(
                method, uri, with(name, value), body, extraTimeout, longest, maxAnswerBytes, firstLine, repetition);
    }

    /** Returns a copy that extends the request timeout, the maximum silence of the server, by this duration. */
    public Request extraTimeout(Duration extra) {
        return new Request(method, uri, headers, body, extra, longest, maxAnswerBytes, firstLine, repetition);
    }

    /**
     * Returns a copy with a limit for the whole exchange, plus one second for each kB of a body in either direction.
     * Default: ten minutes. The limit is never shorter than the maximum silence of the server.
     */
    public Request longest(Duration limit) {
        return new Request(method, uri, headers, body, extraTimeout, limit, maxAnswerBytes, firstLine, repetition);
    }

    /**
     * Returns a copy for a response of several lines: the first line is passed on as soon as it has arrived, and the
     * extra timeout applies to the others.
     *
     * @param taker receives the line without its line terminator, at most once, on the thread that sends the request
     */
    public Request firstLine(Consumer<byte[]> taker) {
        return new Request(method, uri, headers, body, extraTimeout, longest, maxAnswerBytes, taker, repetition);
    }

    /** Returns a copy with a different request to send from the second attempt on. */
    public Request repeatedAs(Request other) {
        return new Request(method, uri, headers, body, extraTimeout, longest, maxAnswerBytes, firstLine, other);
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

    /** Returns the headers, including the content type. */
    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    /** Returns the body, not copied, or null if there is none. */
    public byte @Nullable [] body() {
        return body;
    }

    /** Returns the extension of the request timeout. */
    public Duration extraTimeout() {
        return extraTimeout;
    }

    /** Returns the limit for the whole exchange, without the second for each kB of a body. */
    public Duration longest() {
        return longest;
    }

    /** Returns the maximum length of the body of a successful response. */
    public long maxAnswerBytes() {
        return maxAnswerBytes;
    }

    /** Returns the request to send if this one had no response. */
    public Request repetition() {
        return repetition == null ? this : repetition;
    }

    /** Returns the consumer of the response's first line, or null if there is none. */
    public @Nullable Consumer<byte[]> firstLine() {
        return firstLine;
    }

    /** Returns the method and the address for log and error messages; contains no secrets. */
    @Override
    public String toString() {
        return method + " " + uri;
    }
}
