package io.evenkeel.engine.problem;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides which text may be shown to people in lists, logs and terminals, next to other text.
 *
 * <p>Invisible characters can make one name look like another, reverse the text after them or start a new line. They
 * are control and format characters (except the zero-width joiners, which some scripts need), line and paragraph
 * separators, and halves of surrogate pairs, which no database stores.
 */
public final class DisplayText {

    private static final int MAX_ECHO_LENGTH = 64;

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    private DisplayText() {}

    /** Describes what is wrong with a name, to follow the name of its field; empty if it can be shown. */
    public static Optional<String> faultIn(String name) {
        int position = 1;
        boolean visible = false;
        for (int i = 0; i < name.length(); position++) {
            int character = name.codePointAt(i);
            if (isHidden(character)) {
                return Optional.of(String.format(
                        "contains U+%04X as character %d, expected no control, format or line-separating characters",
                        character, position));
            }
            visible |= !isBlank(character);
            i += Character.charCount(character);
        }
        return visible ? Optional.empty() : Optional.of("is blank, expected at least one visible character");
    }

    /** Returns a text with each hidden character written as {@code U+XXXX}. */
    public static String escape(String text) {
        if (text.codePoints().noneMatch(DisplayText::isHidden)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (isHidden(character)) {
                shown.append(String.format("U+%04X", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }

    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> !isJoiner(character);
            default -> false;
        };
    }

    private static boolean isBlank(int character) {
        return Character.isSpaceChar(character) || isJoiner(character);
    }

    private static boolean isJoiner(int character) {
        return character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER;
    }

    /** Quotes a value, truncated, so that a response is never as long as the input. */
    public static String echo(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        String text = value.toString();
        String cut = text.length() <= MAX_ECHO_LENGTH ? text : text.substring(0, MAX_ECHO_LENGTH) + "…";
        return "'" + escape(cut) + "'";
    }
}
