package io.evenkeel.client.internal.http;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects a response's body up to the length that the request allows, and extracts its first line.
 *
 * <p>Not thread-safe.
 */
public final class BodyBuffer {

    /** The maximum length of an error response. */
    private static final long MAX_REFUSAL_BYTES = 256 * 1024;

    /** The maximum initial allocation, since the declared length is not trusted. */
    private static final int FIRST_ALLOCATION = 64 * 1024;

    private final Request request;
    private final int status;
    private final Map<String, List<String>> headers;
    private final long limit;
    private final ByteArrayOutputStream bytes;
    private boolean isLineAwaited;

    /**
     * @param request the request
     * @param status the HTTP status
     * @param headers values by name
     * @param announced the length that the header declares, 0 or less for none
     */
    public BodyBuffer(Request request, int status, Map<String, List<String>> headers, long announced) {
        this.request = request;
        this.status = status;
        this.headers = headers;
        Response empty = new Response(status, headers, new byte[0]);
        this.limit = empty.isSuccess() ? request.maxAnswerBytes() : MAX_REFUSAL_BYTES;
        this.isLineAwaited = empty.isSuccess() && empty.isLines() && request.firstLine() != null;
        this.bytes = new ByteArrayOutputStream((int) Math.max(32, Math.min(announced, FIRST_ALLOCATION)));
    }

    /**
     * Adds bytes of the body.
     *
     * @return once, when the first line is complete and the request has a consumer for it: a response whose
     *     body is that line without its line terminator
     * @throws ResponseTooLongException if the body is longer than the request allows
     */
    public Optional<Response> add(byte[] added, int length) {
        if (bytes.size() + (long) length > limit) {
            throw new ResponseTooLongException(request, limit);
        }
        int before = bytes.size();
        bytes.write(added, 0, length);
        for (int i = 0; isLineAwaited && i < length; i++) {
            if (added[i] == '\n') {
                isLineAwaited = false;
                return Optional.of(new Response(status, headers, Arrays.copyOf(bytes.toByteArray(), before + i)));
            }
        }
        return Optional.empty();
    }

    /** Returns the bytes received so far. */
    public byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** Returns the response with the bytes received so far. */
    public Response toResponse() {
        return new Response(status, headers, toBytes());
    }
}
