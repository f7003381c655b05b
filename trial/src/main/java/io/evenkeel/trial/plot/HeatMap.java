package io.evenkeel.trial.plot;

import java.util.List;

/**
 * A table of coloured cells with their values. Lighter is better; a cell without a value shows the reason
 * instead.
 *
 * @param title the alternative text
 * @param across the name of the columns' axis
 * @param columns the columns' names
 * @param up the name of the rows' axis
 * @param rows the rows' names, from the top
 * @param cells the cells row by row
 */
public record HeatMap(
        String title, String across, List<String> columns, String up, List<String> rows, List<List<Cell>> cells) {

    private static final int MAX_LENGTH = 24;
    private static final int STEPS = 10;

    /**
     * A cell.
     *
     * @param text its text
     * @param shade from 0, the worst, to 1, the best; below 0 for a cell without a value
     * @param failed whether to mark that the run diverged
     * @param best whether to frame it as the best
     * @param hint the tooltip
     */
    public record Cell(String text, double shade, boolean failed, boolean best, String hint) {

        private String kind() {
            return (shade < 0 ? "empty" : Ramp.takesBlackLetters(shade) ? "black" : "white")
                    + (failed ? " failed" : "")
                    + (best ? " best" : "");
        }
    }

    /** Draws the colour bar, with words for its two ends. */
    public static Markup legend(String title, String worst, String best) {
        Markup bar = new Markup().open("p", "class", "note", "role", "img", "aria-label", title);
        bar.text(worst + " ");
        for (int i = 0; i < STEPS; i++) {
            String colour = "background:" + Ramp.colour((i + 0.5) / STEPS);
            bar.open("span", "class", "swatch", "style", colour).closeInline();
        }
        return bar.text(" " + best).close();
    }

    /** Writes the table; a table with many columns is wider than its page and scrolls. */
    public Markup table() {
        Markup table = new Markup().open("table", "class", "map", "aria-label", title);
        table.open("thead").open("tr").element("th", up + " ↓", "scope", "col");
        columns.forEach(name -> table.element("th", Lettering.shortened(name, MAX_LENGTH), "scope", "col"));
        table.close().close().open("tbody");
        for (int r = 0; r < rows.size(); r++) {
            table.open("tr").element("th", Lettering.shortened(rows.get(r), MAX_LENGTH), "scope", "row");
            for (Cell cell : cells.get(r)) {
                String colour = cell.shade() < 0 ? "" : "background-color:" + Ramp.colour(cell.shade());
                table.element("td", cell.text(), "class", cell.kind(), "style", colour, "title", cell.hint());
            }
            table.close();
        }
        table.close().close();
        return table.element("p", across + " →", "class", "note");
    }
}
