package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.List;

/**
 * A table of coloured cells with their values. The better the darker; cells with no value say why.
 *
 * @param title what it shows, for those who cannot see it
 * @param across the name of the columns' axis
 * @param columns the columns' names
 * @param up the name of the rows' axis
 * @param rows the rows' names, from the top
 * @param cells row by row
 */
public record HeatMap(
        String title, String across, List<String> columns, String up, List<String> rows, List<List<Cell>> cells) {

    private static final double HIGH = 30;
    private static final double WIDEST = 84;
    // Where letters can be told from their cell: from the first on black ones in either look, from the second on the
    // page's colour.
    private static final double MIDDLING = 0.57;
    private static final double DARK = 0.8;
    private static final int LONGEST = 16;

    /**
     * A cell.
     *
     * @param text what it says
     * @param shade from 0, the worst, to 1, the best; below 0 for a cell that has no value
     * @param failed whether it diverged, which is marked
     * @param best whether it is framed
     * @param hint more about it, for those who ask
     */
    public record Cell(String text, double shade, boolean failed, boolean best, String hint) {}

    /** Draws it. */
    public Markup svg() {
        double left = 26 + (Frame.CHARACTER + 0.4) * longest(rows);
        double wide = Math.min(WIDEST, (Frame.WIDTH - left - 4) / columns.size());
        wide = Math.max(wide, 8 + Frame.CHARACTER * longestCell());
        double width = Math.max(Frame.WIDTH, left + wide * columns.size() + 4);
        boolean slanted =
                columns.stream().anyMatch(name -> Frame.CHARACTER * shown(name).length() > columnRoom());
        double names = slanted ? 14 + 0.5 * Frame.CHARACTER * longest(columns) : 18;
        double bottom = 4 + HIGH * rows.size();
        Markup svg = Svg.open(title, width, bottom + names + 20);
        for (int r = 0; r < rows.size(); r++) {
            double top = 4 + HIGH * r;
            to(svg, shown(rows.get(r)), "end", left - 6, top + HIGH / 2 + 4);
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

    private double columnRoom() {
        return (Frame.WIDTH - 30 - Frame.CHARACTER * longest(rows)) / columns.size();
    }

    private static String shown(String name) {
        return name.length() <= LONGEST ? name : name.substring(0, LONGEST - 1) + "…";
    }

    private static int longest(List<String> names) {
        return names.stream().mapToInt(name -> shown(name).length()).max().orElse(1);
    }

    private int longestCell() {
        return cells.stream()
                .flatMap(List::stream)
                .mapToInt(cell -> cell.text().length())
                .max()
                .orElse(1);
    }

    private static void draw(Markup svg, Cell cell, double x, double y, double wide) {
        svg.open("g");
        svg.element("title", cell.hint());
        String[] box = {"x", px(x + 1), "y", px(y + 1), "width", px(wide - 2), "height", px(HIGH - 2)};
        rect(svg, cell.shade() < 0 ? "empty" : "cell", cell.shade(), box);
        if (cell.failed()) {
            String d = "M" + px(x + 1) + " " + px(y + HIGH - 1) + "L" + px(x + wide - 1) + " " + px(y + 1);
            svg.empty("path", "class", "crossed", "d", d);
        }
        if (cell.best()) {
            rect(svg, "best", -1, box);
        }
        svg.element(
                "text",
                cell.text(),
                "class",
                cell.shade() > DARK ? "in dark" : cell.shade() > MIDDLING ? "in middling" : "in",
                "text-anchor",
                "middle",
                "x",
                px(x + wide / 2),
                "y",
                px(y + HIGH / 2 + 4));
        svg.close();
    }

    private static void rect(Markup svg, String kind, double shade, String... box) {
        String[] all = new String[box.length + 4];
        System.arraycopy(box, 0, all, 0, box.length);
        all[box.length] = "class";
        all[box.length + 1] = kind;
        all[box.length + 2] = "fill-opacity";
        all[box.length + 3] = px(100 * (shade < 0 ? 0 : 0.06 + 0.9 * shade)) + "%";
        svg.empty("rect", all);
    }

    private static void column(Markup svg, String name, boolean slanted, double x, double bottom) {
        if (slanted) {
            svg.element(
                    "text",
                    name,
                    "class",
                    "tick",
                    "text-anchor",
                    "end",
                    "transform",
                    "rotate(-30 " + px(x + 8) + " " + px(bottom + 13) + ")",
                    "x",
                    px(x + 8),
                    "y",
                    px(bottom + 13));
        } else {
            to(svg, name, "middle", x, bottom + 15);
        }
    }

    private void axisNames(Markup svg, double middle, double below, double beside) {
        svg.element("text", across, "class", "name", "text-anchor", "middle", "x", px(middle), "y", px(below));
        String[] turned = {"transform", "rotate(-90 12 " + px(beside) + ")", "x", "12", "y", px(beside)};
        svg.open("text", "class", "name", "text-anchor", "middle", turned[0], turned[1], "x", "12", "y", turned[5]);
        svg.text(up).close();
    }

    private static void to(Markup svg, String text, String anchor, double x, double y) {
        svg.element("text", text, "class", "tick", "text-anchor", anchor, "x", px(x), "y", px(y));
    }
}
