package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;
import org.springframework.http.MediaType;
import org.springframework.util.StreamUtils;

/**
 * Responds to a download with a prepared body that never changes: the whole body, one range of it (RFC 9110),
 * or 304 if the caller already has it.
 *
 * <p>Tomcat sends the file with sendfile, so that no thread waits for the caller.
 */
public final class PreparedResponse {

    /**
     * Allows only the caller to cache a body that never changes. A shared cache would serve it to callers
     * without credentials.
     */
    public static final CacheControl FOR_EVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePrivate().immutable();

    /** Allows only the caller to cache a body whose address may later return another one. */
    public static final CacheControl UNTIL_CHANGED = CacheControl.noCache().cachePrivate();

    private static final String SENDFILE = "org.apache.tomcat.sendfile.";

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final String tag;
    private final CacheControl caching;

    /**
     * @param tag the body's entity tag, with its quotes
     * @param caching the Cache-Control header
     */
    public PreparedResponse(
            HttpServletRequest request, HttpServletResponse response, String tag, CacheControl caching) {
        this.request = request;
        this.response = response;
        this.tag = tag;
        this.caching = caching;
    }

    /** Returns whether the caller already has the body; if so, responds with 304. */
    public boolean isKnown() {
        String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
        if (known == null || !(known.contains(tag) || known.strip().equals("*"))) {
            return false;
        }
        describe();
        response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        return true;
    }

    private void describe() {
        // A body that is public depends only on its address, and some CDNs do not cache responses with Vary.
        if (String.valueOf(caching.getHeaderValue()).contains("private")) {
            response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT + ", " + HttpHeaders.AUTHORIZATION);
        }
        response.setHeader(HttpHeaders.ETAG, tag);
        response.setHeader(HttpHeaders.CACHE_CONTROL, caching.getHeaderValue());
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
    }

    /** Sends the requested part of the body, and returns its length in bytes. */
    public long send(PreparedBodies.Body body, MediaType type) throws IOException {
        describe();
        response.setContentType(type.toString());
        long size = body.size();
        List<HttpRange> ranges = ranges();
        // A request for more than one range may be answered with the whole body.
        if (ranges.size() != 1) {
            return send(body, 0, size);
        }
        long start = ranges.get(0).getRangeStart(size);
        long end = ranges.get(0).getRangeEnd(size);
        if (start >= size || end < start) {
            response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
            response.setStatus(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
            return 0;
        }
        response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
        response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes " + start + "-" + end + "/" + size);
        return send(body, start, end + 1);
    }

    private List<HttpRange> ranges() {
        String header = request.getHeader(HttpHeaders.RANGE);
        String condition = request.getHeader(HttpHeaders.IF_RANGE);
        if (header == null || (condition != null && !condition.equals(tag))) {
            return List.of();
        }
        try {
            return HttpRange.parseRanges(header);
        } catch (IllegalArgumentException e) {
            // RFC 9110: an invalid range is ignored.
            return List.of();
        }
    }

    private long send(PreparedBodies.Body body, long from, long to) throws IOException {
        response.setContentLengthLong(to - from);
        if (request.getMethod().equals("HEAD")) {
            return 0;
        }
        if (Boolean.TRUE.equals(request.getAttribute(SENDFILE + "support")) && to > from) {
            request.setAttribute(SENDFILE + "filename", body.file().toString());
            request.setAttribute(SENDFILE + "start", from);
            request.setAttribute(SENDFILE + "end", to);
        } else if (to > from) {
            try (InputStream in = Files.newInputStream(body.file())) {
                StreamUtils.copyRange(in, response.getOutputStream(), from, to - 1);
            }
        }
        return to - from;
    }
}
