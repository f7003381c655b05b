package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws estimates with their intervals, one per row, and a line at "no difference". Texts are above their rows, so no
 * line crosses them. Not thread-safe.
 */
public final class Intervals {

    private static final double LINE = 16;
    private static final double STRIP = 18;
    private static final double GAP = 4;
    private static final double EDGE = 14;
    private static final double LABEL_ROOM = 64;
    private static final int MAX_LENGTH = 54;

    private final String title;
    private final Axis axis;
    private final double neutral;
    private final List<Row> rows = new ArrayList<>();

    /**
     * A row.
     *
     * @param label its label
     * @param style the index of its style
     * @param estimate the value; not finite if there is none
     * @param low the interval's lower end; equal to the estimate if there is no interval
     * @param high its upper end
     * @param text the figure as text
     */
    public record Row(String label, int style, double estimate, double low, double high, String text) {

        private String shownLabel() {
            return Lettering.shortened(label, MAX_LENGTH);
        }

        private boolean fitsOneLine() {
            return Lettering.width(shownLabel()) + Lettering.width(text) + 20 < Frame.WIDTH;
        }
    }

    /**
     * @param title the alternative text
     * @param neutral the value that means no difference
     */
    public Intervals(String title, Axis axis, double neutral) {
        this.title = title;
        this.axis = axis;
        this.neutral = neutral;
    }

    public Intervals row(Row row) {
        rows.add(row);
        return this;
    }

    /** Returns whether there is nothing to draw. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public Markup svg() {
        Scale across = scale();
        boolean stacked = !rows.stream().allMatch(Row::fitsOneLine);
        double words = stacked ? 2 * LINE : LINE;
        double height = words + STRIP + GAP;
        double bottom = height * rows.size() + 2;
        Markup svg = Svg.open(title, bottom + 40);
        for (int i = 0; i < rows.size(); i++) {
            draw(svg, across, rows.get(i), i * height, words);
        }
        drawAxis(svg, across, bottom);
        return svg.close();
    }

    private Scale scale() {
        double least = neutral;
        double most = neutral;
        for (Row row : rows) {
            for (double end : new double[] {row.estimate(), row.low(), row.high()}) {
                if (axis.shows(end)) {
                    least = Math.min(least, end);
                    most = Math.max(most, end);
                }
            }
        }
        return axis.over(least, most);
    }

    private void drawAxis(Markup to, Scale across, double bottom) {
        to.empty("path", "class", "axis", "d", "M4 " + px(bottom) + "H" + px(Frame.WIDTH - 4));
        for (Scale.Tick tick : across.ticks((int) ((Frame.WIDTH - 2 * EDGE) / LABEL_ROOM))) {
            double at = x(across, tick.value());
            to.empty("path", "class", "axis", "d", "M" + px(at) + " " + px(bottom) + (tick.labelled() ? "v6" : "v3"));
            if (tick.labelled()) {
                Svg.text(to, axis.unit().label(tick.value()), "tick", "middle", at, bottom + 17);
            }
        }
        Svg.text(to, axis.title(), "name", "middle", Frame.WIDTH / 2, bottom + 35);
    }

    private static double x(Scale across, double value) {
        return EDGE + across.position(value) * (Frame.WIDTH - 2 * EDGE);
    }

    private void draw(Markup to, Scale scale, Row row, double top, double words) {
        Svg.text(to, row.shownLabel(), "key", "start", 4, top + LINE - 3);
        boolean stacked = words > LINE;
        double from = stacked ? 4 : Frame.WIDTH - 4;
        Svg.text(to, row.text(), "tick", stacked ? "start" : "end", from, top + words - 3);
        double y = top + words + STRIP / 2;
        String zero = px(x(scale, neutral));
        to.empty("path", "class", "neutral", "d", "M" + zero + " " + px(y - STRIP / 2) + "v" + px(STRIP));
        if (axis.shows(row.estimate())) {
            double low = axis.shows(row.low()) ? x(scale, row.low()) : 4;
            double high = axis.shows(row.high()) ? x(scale, row.high()) : Frame.WIDTH - 4;
            String d = "M" + px(low) + " " + px(y) + "H" + px(high);
            String caps = "M" + px(low) + " " + px(y - 4) + "v8M" + px(high) + " " + px(y - 4) + "v8";
            to.empty("path", "class", "line " + SeriesStyle.line(row.style()), "d", d + (high > low ? caps : ""));
            SeriesStyle.marker(to, row.style(), x(scale, row.estimate()), y);
        }
    }
}
