package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.List;

/**
 * A table of coloured cells with their values. Lighter is better; cells without a value state the reason.
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

    private static final double HIGH = 30;
    private static final double WIDEST = 84;
    private static final int MAX_LENGTH = 24;
    private static final int STEPS = 20;
    private static final double BAR = 180;

    /**
     * A cell.
     *
     * @param text its text
     * @param shade from 0, the worst, to 1, the best; below 0 for a cell without a value
     * @param failed whether it diverged, which is marked
     * @param best whether it is framed
     * @param hint the tooltip
     */
    public record Cell(String text, double shade, boolean failed, boolean best, String hint) {}

    /** Draws the colour bar, with words for its two ends. */
    public static Markup legend(String title, String worst, String best) {
        double from = Lettering.width(worst) + 14;
        Markup svg = Svg.open(title, 24);
        Svg.text(svg, worst, "tick", "start", 4, 16);
        for (int i = 0; i < STEPS; i++) {
            double left = from + i * BAR / STEPS;
            String[] box = {"x", px(left), "y", "4", "width", px(BAR / STEPS + 0.5), "height", "16"};
            svg.empty("rect", with(box, "fill", Ramp.colour((i + 0.5) / STEPS)));
        }
        Svg.text(svg, best, "tick", "start", from + BAR + 8, 16);
        return svg.close();
    }

    /** Draws the map; a map with many columns is wider than its page and scrolls. */
    public Markup svg() {
        double left = 26 + widest(rows);
        double wide = Math.min(WIDEST, (Frame.WIDTH - left - 4) / columns.size());
        wide = Math.max(wide, 8 + widestCell());
        double width = Math.max(Frame.WIDTH, left + wide * columns.size() + 4);
        boolean slanted = widest(columns) > wide - 4;
        double names = slanted ? 14 + 0.5 * widest(columns) : 18;
        double bottom = 4 + HIGH * rows.size();
        Markup svg = Svg.open(title, width, bottom + names + 20);
        for (int r = 0; r < rows.size(); r++) {
            double top = 4 + HIGH * r;
            Svg.text(svg, shown(rows.get(r)), "tick", "end", left - 6, top + HIGH / 2 + 4);
            for (int c = 0; c < columns.size(); c++) {
                draw(svg, cells.get(r).get(c), left + wide * c, top, wide);
            }
        }
        for (int c = 0; c < columns.size(); c++) {
            column(svg, shown(columns.get(c)), slanted, left + wide * (c + 0.5), bottom);
        }
        axisNames(svg, left + wide * columns.size() / 2, bottom + names + 15, 4 + HIGH * rows.size() / 2);
        return svg.close();
    }

    private static String shown(String name) {
        return Lettering.shortened(name, MAX_LENGTH);
    }

    private static double widest(List<String> names) {
        return names.stream()
                .mapToDouble(name -> Lettering.width(shown(name)))
                .max()
                .orElse(Lettering.CHARACTER);
    }

    private double widestCell() {
        return cells.stream()
                .flatMap(List::stream)
                .mapToDouble(cell -> Lettering.width(cell.text()))
                .max()
                .orElse(Lettering.CHARACTER);
    }

    private static void draw(Markup svg, Cell cell, double x, double y, double wide) {
        svg.open("g");
        svg.element("title", cell.hint());
        String[] box = {"x", px(x + 1), "y", px(y + 1), "width", px(wide - 2), "height", px(HIGH - 2)};
        boolean coloured = cell.shade() >= 0;
        svg.empty(
                "rect",
                coloured
                        ? with(box, "class", "cell", "fill", Ramp.colour(cell.shade()))
                        : with(box, "class", cell.failed() ? "empty failed" : "empty"));
        if (cell.failed() && coloured) {
            String d = "M" + px(x + wide - 12) + " " + px(y + 1) + "H" + px(x + wide - 1) + "v11Z";
            svg.empty("path", "class", "corner", "d", d);
        }
        if (cell.best()) {
            svg.empty("rect", with(box, "class", "best"));
        }
        Svg.text(svg, cell.text(), letters(cell), "middle", x + wide / 2, y + HIGH / 2 + 4);
        svg.close();
    }

    private static String letters(Cell cell) {
        String colour = cell.shade() < 0 ? "in" : Ramp.takesBlackLetters(cell.shade()) ? "in black" : "in white";
        return cell.best() ? colour + " bold" : colour;
    }

    private static String[] with(String[] box, String... more) {
        String[] all = new String[box.length + more.length];
        System.arraycopy(box, 0, all, 0, box.length);
        System.arraycopy(more, 0, all, box.length, more.length);
        return all;
    }

    private static void column(Markup svg, String name, boolean slanted, double x, double bottom) {
        if (slanted) {
            String[] at = {"x", px(x + 8), "y", px(bottom + 13)};
            String turn = "rotate(-30 " + at[1] + " " + at[3] + ")";
            svg.element("text", name, with(at, "class", "tick", "text-anchor", "end", "transform", turn));
        } else {
            Svg.text(svg, name, "tick", "middle", x, bottom + 15);
        }
    }

    private void axisNames(Markup svg, double middle, double below, double beside) {
        Svg.text(svg, across, "name", "middle", middle, below);
        Svg.nameUp(svg, up, beside);
    }
}
