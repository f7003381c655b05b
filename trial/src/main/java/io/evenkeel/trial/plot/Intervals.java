package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Estimates with their intervals, a row each, beside a line at "no difference". Not thread-safe. */
public final class Intervals {

    private static final double ROW = 34;
    private static final double LABEL = 15;
    private static final double EDGE = 14;
    private static final double LABEL_ROOM = 64;

    private final String title;
    private final Axis axis;
    private final double neutral;
    private final List<Row> rows = new ArrayList<>();
    private double right = Frame.WIDTH - EDGE;

    /**
     * A row.
     *
     * @param label what it is of
     * @param style which look it has
     * @param estimate the value; not finite for none
     * @param low the interval's lower end; the estimate's value for no interval
     * @param high its upper end
     * @param text the figure in words
     */
    public record Row(String label, int style, double estimate, double low, double high, String text) {}

    /**
     * @param title what it shows, for those who cannot see it
     * @param neutral the value that means no difference
     */
    public Intervals(String title, Axis axis, double neutral) {
        this.title = title;
        this.axis = axis;
        this.neutral = neutral;
    }

    /** Adds a row. */
    public Intervals row(Row row) {
        rows.add(row);
        return this;
    }

    /** Tells whether there is nothing to see. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Draws it. */
    public Markup svg() {
        List<Double> ends = new ArrayList<>(List.of(neutral));
        for (Row row : rows) {
            for (double end : new double[] {row.estimate(), row.low(), row.high()}) {
                if (axis.shows(end)) {
                    ends.add(end);
                }
            }
        }
        Scale across = axis.over(
                ends.stream().min(Comparator.naturalOrder()).orElseThrow(),
                ends.stream().max(Comparator.naturalOrder()).orElseThrow());
        // Figures have a column of their own, lest lines run through them.
        int widest = rows.stream().mapToInt(row -> row.text().length()).max().orElse(0);
        right = Math.max(Frame.WIDTH / 3, Frame.WIDTH - EDGE - 8 - Frame.CHARACTER * widest);
        double height = ROW * rows.size();
        Frame frame = new Frame(axis, across, Axis.linear(""), new Scale(0, 1, false), 6, height);
        Markup svg = Svg.open(title, frame.whole());
        drawAxis(svg, frame, across);
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, across, rows.get(i), 6 + i * ROW);
        }
        return svg.close();
    }

    private void drawAxis(Markup to, Frame frame, Scale across) {
        for (Scale.Tick tick : across.ticks((int) ((right - EDGE) / LABEL_ROOM))) {
            String d = "M" + px(x(across, tick.value())) + " " + px(frame.bottom()) + (tick.labelled() ? "V6" : "v3");
            to.empty("path", "class", tick.labelled() ? "grid" : "axis", "d", d);
            if (tick.labelled()) {
                String label = axis.unit().label(tick.value());
                to.element(
                        "text",
                        label,
                        "class",
                        "tick",
                        "text-anchor",
                        "middle",
                        "x",
                        px(x(across, tick.value())),
                        "y",
                        px(frame.bottom() + 16));
            }
        }
        to.empty("path", "class", "neutral", "d", "M" + px(x(across, neutral)) + " 6V" + px(frame.bottom()));
        to.element(
                "text",
                axis.title(),
                "class",
                "name",
                "text-anchor",
                "middle",
                "x",
                px(Frame.WIDTH / 2),
                "y",
                px(frame.bottom() + 34));
    }

    private double x(Scale across, double value) {
        return EDGE + across.position(value) * (right - EDGE);
    }

    private void draw(Markup to, Scale scale, Row row, double top) {
        double y = top + LABEL + 10;
        to.element("text", row.label(), "class", "key", "x", "4", "y", px(top + LABEL - 2));
        to.element("text", row.text(), "class", "tick", "text-anchor", "end", "x", px(Frame.WIDTH - 4), "y", px(y + 4));
        if (axis.shows(row.estimate())) {
            double low = axis.shows(row.low()) ? x(scale, row.low()) : 4;
            double high = axis.shows(row.high()) ? x(scale, row.high()) : right + EDGE - 4;
            String d = "M" + px(low) + " " + px(y) + "H" + px(high);
            String caps = "M" + px(low) + " " + px(y - 4) + "v8M" + px(high) + " " + px(y - 4) + "v8";
            to.empty("path", "class", "line " + SeriesStyle.line(row.style()), "d", d + (high > low ? caps : ""));
            SeriesStyle.marker(to, row.style(), x(scale, row.estimate()), y);
        }
    }
}
