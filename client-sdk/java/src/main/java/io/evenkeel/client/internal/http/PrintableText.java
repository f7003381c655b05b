package io.evenkeel.client.internal.http;

import java.util.regex.Pattern;

/** Text of a server for messages and logs. */
public final class PrintableText {

    /** Control characters, line separators, and characters that change the direction of text. */
    private static final Pattern CONTROLS =
            Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]");

    private static final int MAX_LENGTH = 2000;

    private PrintableText() {}

    /** Escapes control characters, which could change a terminal or forge lines of a log, and cuts off the end of a long text. */
    public static String of(String text) {
        String small = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
        return hasControls(small)
                ? CONTROLS.matcher(small)
                        .replaceAll(found ->
                                String.format("\\\\u%04x", (int) found.group().charAt(0)))
                : small;
    }

    /** Returns whether a text has characters that {@link #of} escapes. */
    public static boolean hasControls(String text) {
        return CONTROLS.matcher(text).find();
    }
}
