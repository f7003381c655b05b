package io.evenkeel.trial.plot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes HTML and SVG that is also well-formed XML. Escapes all text and attributes, and replaces characters that could
 * hide or reorder their surroundings (control characters, direction overrides). Not thread-safe.
 */
public final class Markup {

    private static final char REPLACEMENT = '\uFFFD';

    private final StringBuilder text = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Opens an element.
     *
     * @param attributes alternating names and values
     */
    public Markup open(String element, String... attributes) {
        start(element, attributes).append('>');
        open.push(element);
        return this;
    }

    /** Closes the innermost element. */
    public Markup close() {
        closeInline().text.append('\n');
        return this;
    }

    /** Closes the innermost element without white space after it, for use within a sentence. */
    public Markup closeInline() {
        text.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Writes an element without content, such as {@code path} or {@code meta}. */
    public Markup empty(String element, String... attributes) {
        start(element, attributes).append("/>\n");
        return this;
    }

    public Markup element(String element, String content, String... attributes) {
        return open(element, attributes).text(content).close();
    }

    public Markup text(String content) {
        escape(content, false);
        return this;
    }

    /** Adds HTML that is also well-formed XML and leaves no element open. */
    public Markup html(String wellFormed) {
        text.append(wellFormed);
        return this;
    }

    public Markup add(Markup other) {
        text.append(other);
        return this;
    }

    private StringBuilder start(String element, String... attributes) {
        text.append('<').append(element);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1], true);
            text.append('"');
        }
        return text;
    }

    private void escape(String content, boolean attribute) {
        content.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append(attribute ? "&quot;" : "\"");
                default -> text.appendCodePoint(isHarmless(c) ? c : REPLACEMENT);
            }
        });
    }

    /** Returns a text with a replacement for each character that could hide or reorder its surroundings. */
    public static String harmless(String content) {
        return content.codePoints()
                .map(c -> isHarmless(c) ? c : REPLACEMENT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static boolean isHarmless(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean redirects = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        boolean noCharacter = (c >= 0xD800 && c <= 0xDFFF) || (c & 0xFFFE) == 0xFFFE;
        return !control && !redirects && !noCharacter;
    }

    /** Returns a coordinate rounded to a tenth of a pixel. */
    public static String px(double value) {
        String fixed = String.format(Locale.ROOT, "%.1f", value);
        return fixed.endsWith(".0") ? fixed.substring(0, fixed.length() - 2) : fixed;
    }

    /**
     * Returns the markup.
     *
     * @throws IllegalStateException if an element is still open
     */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("<" + open.peek() + "> is not closed");
        }
        return text.toString();
    }
}
