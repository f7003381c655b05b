package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.List;

/** The rectangle of a drawing with its axes; converts values to pixels. */
final class Frame {

    /** Width of all pictures, in SVG pixels: about the width of a phone's screen. */
    static final double WIDTH = 380;

    private static final double RIGHT = 10;
    private static final double BELOW = 40;
    private static final int TICKS_ACROSS = 5;
    private static final int TICKS_UP = 6;

    private final Axis xAxis;
    private final Axis yAxis;
    private final Scale xScale;
    private final Scale yScale;
    private final double left;
    private final double top;
    private final double height;

    Frame(Axis xAxis, Scale xScale, Axis yAxis, Scale yScale, double top, double height) {
        this.xAxis = xAxis;
        this.yAxis = yAxis;
        this.xScale = xScale;
        this.yScale = yScale;
        this.top = top;
        this.height = height;
        double widest = yScale.ticks(TICKS_UP).stream()
                .filter(Scale.Tick::labelled)
                .mapToDouble(tick -> Lettering.width(yAxis.unit().label(tick.value())))
                .max()
                .orElse(Lettering.CHARACTER);
        this.left = 26 + widest;
    }

    double x(double value) {
        return left + xScale.position(value) * (WIDTH - RIGHT - left);
    }

    double y(double value) {
        return top + (1 - yScale.position(value)) * height;
    }

    double left() {
        return left;
    }

    double right() {
        return WIDTH - RIGHT;
    }

    double top() {
        return top;
    }

    double bottom() {
        return top + height;
    }

    Scale xScale() {
        return xScale;
    }

    /** Returns the whole picture's height. */
    double whole() {
        return bottom() + BELOW;
    }

    void drawAxes(Markup to) {
        drawGrid(to, xScale.ticks(TICKS_ACROSS), true);
        drawGrid(to, yScale.ticks(TICKS_UP), false);
        to.empty("path", "class", "axis", "d", "M" + px(left) + " " + px(top) + "V" + px(bottom()) + "H" + px(right()));
        Svg.text(to, xAxis.title(), "name", "middle", (left + right()) / 2, bottom() + 34);
        Svg.nameUp(to, yAxis.title(), top + height / 2);
    }

    private void drawGrid(Markup to, List<Scale.Tick> ticks, boolean across) {
        for (Scale.Tick tick : ticks) {
            double at = across ? x(tick.value()) : y(tick.value());
            String line = across
                    ? "M" + px(at) + " " + px(bottom()) + (tick.labelled() ? "V" + px(top) : "v3")
                    : "M" + px(left) + " " + px(at) + (tick.labelled() ? "H" + px(right()) : "h-3");
            to.empty("path", "class", tick.labelled() ? "grid" : "axis", "d", line);
            if (tick.labelled()) {
                label(to, tick, at, across);
            }
        }
    }

    private void label(Markup to, Scale.Tick tick, double at, boolean across) {
        String label = (across ? xAxis : yAxis).unit().label(tick.value());
        // Otherwise the last label of the horizontal axis would be cut off.
        double room = Lettering.width(label) / 2;
        double x = across ? Math.min(at, WIDTH - 2 - room) : left - 6;
        double y = across ? bottom() + 16 : at + 4;
        Svg.text(to, label, "tick", across ? "middle" : "end", x, y);
    }
}
