package io.evenkeel.testkit.chaos.proxy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed HTTP/1.1 request or response with its raw bytes. Immutable as long as the arrays are not changed. */
public final class HttpText {

    private static final int MAX_HEAD_LENGTH = 1 << 16;
    private static final int MAX_BODY_LENGTH = 1 << 28;

    private final byte[] raw;
    private final String firstLine;
    private final Map<String, String> headers;
    private final byte[] body;
    private final boolean whole;

    private HttpText(byte[] raw, String firstLine, Map<String, String> headers, byte[] body, boolean whole) {
        this.raw = raw;
        this.whole = whole;
        this.firstLine = firstLine;
        this.headers = headers;
        this.body = body;
    }

    /**
     * Reads the next request or response.
     *
     * @return null if the stream ends before it begins
     * @throws EOFException if the stream ends within it
     */
    public static @Nullable HttpText read(InputStream in) throws IOException {
        return read(in, false);
    }

    /**
     * Reads a response; if it consists of lines, only up to the end of the first line.
     *
     * @return null if the stream ends before it begins
     * @throws EOFException if the stream ends within it
     */
    static @Nullable HttpText readFirstLine(InputStream in) throws IOException {
        return read(in, true);
    }

    private static @Nullable HttpText read(InputStream in, boolean firstLineWillDo) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        String head = head(in, raw);
        if (head.isEmpty()) {
            return null;
        }
        String[] lines = head.split("\r\n", -1);
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(
                        lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).trim());
            }
        }
        if (!"chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            byte[] body = take(in, raw, length(headers.getOrDefault("content-length", "0"), 10));
            return new HttpText(raw.toByteArray(), lines[0], headers, body, true);
        }
        boolean isPart =
                firstLineWillDo && headers.getOrDefault("content-type", "").startsWith("application/x-ndjson");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] chunk;
        do {
            chunk = chunk(in, raw);
            body.writeBytes(chunk);
        } while (chunk.length > 0 && !(isPart && chunk[chunk.length - 1] == '\n'));
        return new HttpText(raw.toByteArray(), lines[0], headers, body.toByteArray(), chunk.length == 0);
    }

    /** Copies the remaining chunks of a response, each as it arrives. */
    static void passRest(InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        byte[] chunk;
        do {
            chunk = chunk(in, raw);
            raw.writeTo(out);
            out.flush();
            raw.reset();
        } while (chunk.length > 0);
    }

    private static String head(InputStream in, ByteArrayOutputStream raw) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                if (raw.size() == 0) {
                    return "";
                }
                throw new EOFException("the stream ended within a head");
            }
            raw.write(next);
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
            if (raw.size() > MAX_HEAD_LENGTH) {
                throw new IOException("a head of more than " + MAX_HEAD_LENGTH + " bytes");
            }
        }
        return raw.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads the next chunk; the last one is empty. */
    private static byte[] chunk(InputStream in, ByteArrayOutputStream raw) throws IOException {
        byte[] chunk = take(in, raw, length(line(in, raw), 16));
        take(in, raw, 2);
        return chunk;
    }

    private static String line(InputStream in, ByteArrayOutputStream raw) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = take(in, raw, 1)[0];
            if (next == '\n') {
                return line.toString().trim();
            }
            line.append((char) next);
        }
    }

    private static byte[] take(InputStream in, ByteArrayOutputStream raw, int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        raw.writeBytes(bytes);
        if (bytes.length < count) {
            throw new EOFException("the stream ended within a body");
        }
        return bytes;
    }

    private static int length(String text, int radix) throws IOException {
        try {
            int length = Integer.parseInt(text, radix);
            if (length >= 0 && length <= MAX_BODY_LENGTH) {
                return length;
            }
        } catch (NumberFormatException e) {
            throw new IOException("'" + text + "' is not a length", e);
        }
        throw new IOException("a length of " + text);
    }

    /** Returns all bytes, not copied. */
    byte[] raw() {
        return raw;
    }

    /** Returns the request line or the status line. */
    public String firstLine() {
        return firstLine;
    }

    /** Returns a header, by its name in lower case; empty if there is none. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Returns the body, not copied. */
    public byte[] body() {
        return body;
    }

    boolean isWhole() {
        return whole;
    }

    public int status() {
        return Integer.parseInt(firstLine.split(" ", -1)[1]);
    }

    /** Returns whether this is a device's message for a round, or a step towards a cohort's sum. */
    public boolean isMessage() {
        return isStep()
                || (firstLine.startsWith("PUT ")
                        && (firstLine.contains("/messages/me ") || firstLine.contains("/messages/me?")));
    }

    /** Returns whether this is a step towards a cohort's sum. */
    public boolean isStep() {
        return firstLine.startsWith("PUT ") && firstLine.contains("/attempts/");
    }

    /** Returns whether this request asks if a message is in a cohort's sum. */
    public boolean isOutcome() {
        return firstLine.startsWith("GET ") && firstLine.contains("/outcome/me");
    }
}
