package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.List;

/** Draws the names of the curves in as many rows as they need. */
final class Legend {

    private static final double ROW = 18;
    private static final double SWATCH = 26;
    private static final double GAP = 16;
    private static final int MAX_LENGTH = 48;

    /** Names use a larger font than tick labels. */
    private static final double WIDER = 1.06;

    private Legend() {}

    /** Draws an entry's symbol. */
    interface Swatch {
        void draw(Markup to, double x, double y, double length);
    }

    /** An entry of the legend. */
    record Entry(String name, Swatch swatch) {}

    /** Draws the entries from the top, and returns their height. */
    static double draw(Markup to, List<Entry> entries) {
        double x = 4;
        double y = 11;
        for (Entry entry : entries) {
            String name = Lettering.shortened(entry.name(), MAX_LENGTH);
            double width = SWATCH + 5 + WIDER * Lettering.width(name);
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
