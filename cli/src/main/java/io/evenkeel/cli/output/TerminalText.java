package io.evenkeel.cli.output;

/** Prepares untrusted text for a terminal: removes control characters, and measures and cuts by columns. */
public final class TerminalText {

    private static final char ELLIPSIS = '…';

    /** The ranges of code points that terminals show in two columns: Hangul, CJK, full-width forms, emoji. */
    private static final int[][] WIDE = {
        {0x1100, 0x115F},
        {0x2E80, 0x303E},
        {0x3040, 0xA4CF},
        {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},
        {0x1F300, 0x1FAFF},
        {0x20000, 0x3FFFD}
    };

    private TerminalText() {}

    /**
     * Replaces characters that would control the terminal or reorder its text, such as escape and
     * right-to-left override, with U+FFFD.
     */
    public static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> isPrintable(Character.getType(c)) ? c : 0xFFFD)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }

    private static boolean isPrintable(int type) {
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    /** Returns the number of columns that a text takes: two for each wide character of East Asian scripts. */
    public static int width(String text) {
        return text.codePoints().map(TerminalText::width).sum();
    }

    private static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        for (int[] range : WIDE) {
            if (c >= range[0] && c <= range[1]) {
                return 2;
            }
        }
        return 1;
    }

    /** Cuts a text to a number of columns, at least 1, with an ellipsis in the last column. */
    public static String cut(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder start = new StringBuilder();
        int used = 1;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            used += width(c);
            if (used > columns) {
                break;
            }
            start.appendCodePoint(c);
            i += Character.charCount(c);
        }
        return start.append(ELLIPSIS).toString();
    }

    /** Pads a text with spaces to a number of columns, on the left or the right. */
    public static String pad(String text, int columns, boolean right) {
        String spaces = " ".repeat(Math.max(0, columns - width(text)));
        return right ? spaces + text : text + spaces;
    }
}
