package io.evenkeel.engine.text;

import java.util.regex.Pattern;

/** The text of a reason that a site or a device reports: at most {@link #MAX} characters without control characters. */
public final class ReasonText {

    /** The maximum number of characters. */
    public static final int MAX = 500;

    private static final Pattern CONTROL = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

    private ReasonText() {}

    /** Returns whether a text is valid. */
    public static boolean isValid(String text) {
        return text.length() <= MAX && !CONTROL.matcher(text).find();
    }

    /** Returns a text without its control characters, shortened if it is too long. */
    public static String of(String text) {
        String clean = CONTROL.matcher(text).replaceAll(" ").strip();
        return clean.substring(0, Math.min(clean.length(), MAX));
    }
}
