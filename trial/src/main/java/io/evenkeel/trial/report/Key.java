package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.SeriesStyle;

/** Draws the mark of a curve in running text. */
final class Key {

    private Key() {}

    static Markup of(int style) {
        Markup svg = new Markup().open("svg", "class", "mark", "viewBox", "0 0 26 12", "aria-hidden", "true");
        SeriesStyle.swatch(svg, style, 0, 6, 26);
        return svg.close();
    }
}
