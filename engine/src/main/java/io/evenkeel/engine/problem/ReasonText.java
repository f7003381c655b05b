package io.evenkeel.engine.problem;

import java.util.regex.Pattern;

/**
 * The text of a reason that a site or a device reports: at most {@link #MAX} characters without control characters. In
 * contrast to {@link DisplayText} it excludes zero-width joiners and characters without a public meaning.
 */
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
        if (clean.length() <= MAX) {
            return clean;
        }
        // Half of a surrogate pair would be invalid.
        return clean.substring(0, Character.isHighSurrogate(clean.charAt(MAX - 1)) ? MAX - 1 : MAX);
    }
}
