package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.List;

/** Names of what is drawn, in as many rows as they need. */
final class Legend {

    private static final double ROW = 18;
    private static final double SWATCH = 26;
    private static final double GAP = 16;
    private static final int LONGEST = 48;

    private Legend() {}

    /** What draws an entry's swatch. */
    interface Swatch {
        void draw(Markup to, double x, double y, double length);
    }

    /** An entry. */
    record Entry(String name, Swatch swatch) {}

    /** Draws them from the top, and returns the height they take. */
    static double draw(Markup to, List<Entry> entries) {
        double x = 4;
        double y = 11;
        for (Entry entry : entries) {
            String name = entry.name().length() <= LONGEST
                    ? entry.name()
                    : entry.name().substring(0, LONGEST - 1) + "…";
            double width = SWATCH + 5 + (Frame.CHARACTER + 0.4) * name.length();
            if (x > 4 && x + width > Frame.WIDTH) {
                x = 4;
                y += ROW;
            }
            entry.swatch().draw(to, x, y - 4, SWATCH);
            to.element("text", name, "class", "key", "x", px(x + SWATCH + 5), "y", px(y));
            x += width + GAP;
        }
        return entries.isEmpty() ? 4 : y + 11;
    }
}
