package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.SeriesStyle;
import java.util.List;

/** Writes a page's tables; a wide table scrolls on its own. */
public final class Grid {

    /** The length from which the text of a cell may wrap. */
    private static final int LONG = 32;

    /** The length from which a name may wrap on a phone. */
    private static final int LONG_NAME = 20;

    private final Markup to;

    private Grid(Markup to) {
        this.to = to;
    }

    /**
     * Starts a table.
     *
     * @param caption its caption
     * @param header the columns' names; the first one is that of the rows' names
     */
    public static Grid begin(Markup to, String caption, List<String> header) {
        // The caption is outside the table, so that it does not scroll sideways with the table.
        to.element("p", caption, "class", "caption");
        to.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", caption);
        to.open("table", "aria-label", caption).open("thead").open("tr");
        header.forEach(name -> to.element("th", name, "scope", "col"));
        to.close().close().open("tbody");
        return new Grid(to);
    }

    /** Draws the mark of a curve in running text. */
    static Markup mark(int style) {
        Markup svg = new Markup().open("svg", "class", "mark", "viewBox", "0 0 26 12", "aria-hidden", "true");
        SeriesStyle.swatch(svg, style, 0, 6, 26);
        return svg.close();
    }

    /** Adds a row whose first cell names it. */
    public Grid row(List<String> cells) {
        return row(-1, cells);
    }

    /** Adds a row whose name is preceded by the mark of a curve. */
    public Grid row(int style, List<String> cells) {
        to.open("tr");
        if (cells.get(0).length() > LONG_NAME) {
            to.open("th", "scope", "row", "class", "long");
        } else {
            to.open("th", "scope", "row");
        }
        if (style >= 0) {
            to.add(mark(style));
        }
        to.text(cells.get(0)).close();
        for (String cell : cells.subList(1, cells.size())) {
            if (cell.length() > LONG) {
                to.element("td", cell, "class", "long");
            } else {
                to.element("td", cell);
            }
        }
        to.close();
        return this;
    }

    public void end() {
        to.close().close().close();
    }
}
