package io.evenkeel.testkit.load;

import java.util.Locale;

/** A coordinator's response to one request, or its first line. Immutable. */
final class LoadResponse {

    private static final String NO_CLIENT_PAUSE = "0";

    private final String text;
    private final int bodyAt;
    private final boolean whole;

    /**
     * @param text the text that has arrived, one character for each byte
     * @param bodyAt the position of the body
     * @param whole whether the response is complete
     */
    LoadResponse(String text, int bodyAt, boolean whole) {
        this.text = text;
        this.bodyAt = bodyAt;
        this.whole = whole;
    }

    /** Returns whether the response is complete, not only its first line. */
    boolean isWhole() {
        return whole;
    }

    /** Returns the same response with the body after its first object. */
    LoadResponse secondLine() {
        return new LoadResponse(text, text.indexOf("}\n", bodyAt) + 2, whole);
    }

    /** Returns the status, such as 201. */
    int status() {
        return Integer.parseInt(text.substring(9, 12));
    }

    /** Returns a header's value, or a default. */
    String header(String name, String otherwise) {
        return header(text.substring(0, bodyAt), name, otherwise);
    }

    static String header(String head, String name, String otherwise) {
        int at = head.toLowerCase(Locale.ROOT).indexOf("\r\n" + name.toLowerCase(Locale.ROOT) + ":");
        if (at < 0) {
            return otherwise;
        }
        int from = at + name.length() + 3;
        return head.substring(from, head.indexOf("\r\n", from)).strip();
    }

    /** Returns the seconds of {@code Retry-After}. */
    long retryAfterSeconds() {
        return Long.parseLong(header("Retry-After", NO_CLIENT_PAUSE));
    }

    /**
     * Returns a JSON string of the body, empty if no field has the name. Does not decode escapes, which these strings
     * do not need.
     */
    String text(String name) {
        int at = text.indexOf("\"" + name + "\":\"", bodyAt);
        if (at < 0) {
            return "";
        }
        int from = at + name.length() + 4;
        return text.substring(from, text.indexOf('"', from));
    }

    /** Returns the number of bytes of the body, even if it was not kept. */
    long bodyBytes() {
        return Long.parseLong(header("Content-Length", Integer.toString(text.length() - bodyAt)));
    }

    boolean has(String name) {
        return text.indexOf("\"" + name + "\":", bodyAt) >= 0;
    }

    int number(String name) {
        int from = text.indexOf("\"" + name + "\":", bodyAt) + name.length() + 3;
        int to = from;
        while (to < text.length() && Character.isDigit(text.charAt(to))) {
            to++;
        }
        return Integer.parseInt(text.substring(from, to));
    }

    @Override
    public String toString() {
        return text;
    }
}
