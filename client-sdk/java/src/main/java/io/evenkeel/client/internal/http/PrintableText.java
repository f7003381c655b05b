package io.evenkeel.client.internal.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prepares a server's text for messages and logs. */
public final class PrintableText {

    /** Control characters, line separators, and characters that change the direction of text. */
    private static final Pattern CONTROLS =
            Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]");

    private static final int MAX_LENGTH = 2000;

    private PrintableText() {}

    /** Escapes control characters, which could change a terminal or forge lines of a log, and truncates long text. */
    public static String of(String given) {
        String small = given.length() <= MAX_LENGTH ? given : given.substring(0, MAX_LENGTH) + "...";
        Matcher found = CONTROLS.matcher(small);
        StringBuilder text = new StringBuilder();
        int end = 0;
        while (found.find()) {
            text.append(small, end, found.start()).append(String.format("\\u%04x", (int) small.charAt(found.start())));
            end = found.end();
        }
        return text.append(small, end, small.length()).toString();
    }

    /** Returns whether a text has characters that {@link #of} escapes. */
    public static boolean hasControls(String text) {
        return CONTROLS.matcher(text).find();
    }
}
