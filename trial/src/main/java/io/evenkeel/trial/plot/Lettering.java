package io.evenkeel.trial.plot;

/** Estimates the width of a text, and shortens names that are too long. */
public final class Lettering {

    /** Approximate width of a character of a tick label, in pixels. */
    static final double CHARACTER = 6.4;

    private static final double WIDE_CHARACTER = 11.5;
    private static final int FIRST_WIDE = 0x2E80;

    private Lettering() {}

    /** Estimates a label's width in pixels; Chinese and Japanese characters are nearly twice as wide as others. */
    static double width(String text) {
        return text.codePoints()
                .mapToDouble(c -> c >= FIRST_WIDE ? WIDE_CHARACTER : CHARACTER)
                .sum();
    }

    /** Removes the middle of a long name: names of methods often begin alike and differ at their ends. */
    public static String shortened(String name, int most) {
        if (name.length() <= most) {
            return name;
        }
        int tail = (most - 1) / 2;
        return name.substring(0, most - 1 - tail) + "…" + name.substring(name.length() - tail);
    }
}
