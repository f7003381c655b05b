package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.ArrayList;
import java.util.List;

/** Draws sums as stacked bars from 0, one per row, with a text above each bar. Not thread-safe. */
public final class Bars {

    private static final double LINE = 18;
    private static final double BAR = 16;
    private static final double GAP = 8;
    private static final double EDGE = 4;
    private static final int MAX_LENGTH = 40;

    private final String title;
    private final List<String> parts;
    private final List<Row> rows = new ArrayList<>();

    /**
     * A bar.
     *
     * @param label its label
     * @param values its parts, each at least 0; the bar is omitted if one is not finite
     * @param text the sum as text
     */
    public record Row(String label, List<Double> values, String text) {

        private double sum() {
            return values.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /**
     * @param title the alternative text
     * @param parts the names of the parts, at least two
     */
    public Bars(String title, List<String> parts) {
        this.title = title;
        this.parts = List.copyOf(parts);
    }

    public Bars row(Row row) {
        rows.add(row);
        return this;
    }

    /** Draws the bars. */
    public Markup svg() {
        List<Legend.Entry> entries = new ArrayList<>();
        for (int p = 0; p < parts.size(); p++) {
            int part = p;
            entries.add(new Legend.Entry(
                    parts.get(p), (to, x, y, length) -> box(to, part, x + length - 14, y - 5, 12, 10)));
        }
        Markup legend = new Markup();
        double top = Legend.draw(legend, entries);
        double height = LINE + BAR + GAP;
        Markup svg = Svg.open(title, top + height * rows.size());
        svg.add(legend);
        double most = rows.stream()
                .mapToDouble(Row::sum)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, rows.get(i), top + i * height, most > 0 ? most : 1);
        }
        return svg.close();
    }

    private void draw(Markup to, Row row, double top, double most) {
        double y = top + LINE - 5;
        to.element("text", Lettering.shortened(row.label(), MAX_LENGTH), "class", "key", "x", px(EDGE), "y", px(y));
        Svg.text(to, row.text(), "tick", "end", Frame.WIDTH - EDGE, y);
        double x = EDGE;
        for (int p = 0; p < row.values().size() && Double.isFinite(row.sum()); p++) {
            double width = (Frame.WIDTH - 2 * EDGE) * row.values().get(p) / most;
            box(to, p, x, top + LINE, width, BAR);
            x += width;
        }
    }

    private void box(Markup to, int part, double x, double y, double width, double height) {
        String colour = Ramp.colour(part / (parts.size() - 1.0));
        to.empty("rect", Svg.box(x, y, width, height, "class", "cell", "fill", colour));
    }
}
