package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/** Curves and dots in one frame. Not thread-safe. */
public final class Plot {

    private static final double HEIGHT = 210;

    private final String title;
    private final Axis xAxis;
    private final Axis yAxis;
    private final List<Curve> curves = new ArrayList<>();
    private final List<Dots> dots = new ArrayList<>();
    private final String id;
    private double ceiling = Double.POSITIVE_INFINITY;

    /**
     * @param id an id that is unique in the page
     * @param title the alternative text, one sentence
     */
    public Plot(String id, String title, Axis xAxis, Axis yAxis) {
        this.id = id;
        this.title = title;
        this.xAxis = xAxis;
        this.yAxis = yAxis;
    }

    public Plot curve(Curve curve) {
        curves.add(curve);
        return this;
    }

    /** Adds dots, which lie below the curves. */
    public Plot dots(Dots cloud) {
        dots.add(cloud);
        return this;
    }

    /** Cuts off higher values, so that one curve does not flatten all others. */
    public Plot below(double highest) {
        ceiling = highest;
        return this;
    }

    public Markup svg() {
        Scale up = yScale();
        // The legend also omits curves without a point in the frame.
        curves.removeIf(curve -> !isSeen(curve, up));
        Markup legend = new Markup();
        double top = Legend.draw(legend, entries());
        Frame frame = new Frame(xAxis, xAxis.over(min(xs()), max(xs())), yAxis, up, top, HEIGHT);
        Markup svg = Svg.open(title, frame.whole());
        svg.add(legend);
        frame.drawAxes(svg);
        svg.open("clipPath", "id", id);
        svg.empty("rect", Svg.box(frame.left(), frame.top() - 1, frame.right() - frame.left() + 1, HEIGHT + 2));
        svg.close();
        svg.open("g", "clip-path", "url(#" + id + ")");
        dots.forEach(cloud -> draw(svg, frame, cloud));
        curves.forEach(curve -> new CurvePen(curve, frame, yAxis).drawBand(svg));
        curves.forEach(curve -> new CurvePen(curve, frame, yAxis).drawLine(svg));
        svg.close();
        curves.forEach(curve -> new CurvePen(curve, frame, yAxis).drawMarks(svg));
        return svg.close();
    }

    private boolean isSeen(Curve curve, Scale up) {
        return IntStream.range(0, curve.x().length)
                .anyMatch(i -> xAxis.shows(curve.x()[i]) && yAxis.shows(curve.y()[i]) && curve.y()[i] <= up.high());
    }

    private List<Legend.Entry> entries() {
        List<Legend.Entry> entries = new ArrayList<>();
        for (Dots cloud : dots) {
            entries.add(new Legend.Entry(
                    cloud.name(),
                    (to, x, y, length) ->
                            SeriesStyle.circle(to, cloud.style(), x + length / 2, y, cloud.radius() + 1)));
        }
        for (Curve curve : curves) {
            entries.add(new Legend.Entry(curve.name(), (to, x, y, length) -> {
                if (curve.marked()) {
                    SeriesStyle.swatch(to, curve.style(), x, y, length);
                } else {
                    Svg.line(to, curve.style(), "M" + px(x) + " " + px(y) + "h" + px(length));
                }
            }));
        }
        return entries;
    }

    private Scale yScale() {
        List<Double> ys = new ArrayList<>();
        for (Curve curve : curves) {
            each(yAxis, curve.y(), ys::add);
            each(yAxis, curve.low(), ys::add);
            each(yAxis, curve.high(), ys::add);
        }
        dots.forEach(cloud -> each(yAxis, cloud.y(), ys::add));
        return yAxis.over(min(ys), Math.min(max(ys), ceiling));
    }

    private List<Double> xs() {
        List<Double> all = new ArrayList<>();
        curves.forEach(curve -> each(xAxis, curve.x(), all::add));
        dots.forEach(cloud -> each(xAxis, cloud.x(), all::add));
        return all;
    }

    private static void each(Axis axis, double[] values, DoubleConsumer to) {
        for (double value : values) {
            if (axis.shows(value)) {
                to.accept(value);
            }
        }
    }

    private static double min(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.POSITIVE_INFINITY);
    }

    private static double max(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NEGATIVE_INFINITY);
    }

    private void draw(Markup to, Frame frame, Dots cloud) {
        StringBuilder path = new StringBuilder();
        for (String place : DotThinning.places(cloud, frame, xAxis, yAxis)) {
            path.append('M').append(place).append("h0");
        }
        String kind = "dots " + SeriesStyle.line(cloud.style());
        to.empty("path", "class", kind, "stroke-width", px(2 * cloud.radius()), "d", path.toString());
    }

    /** Omits overlapping dots: keeps one for each square of one and a half pixels. */
    private static final class DotThinning {

        private static final double SQUARE = 1.5;

        private DotThinning() {}

        /** Returns the positions in the syntax of an SVG path. */
        static Set<String> places(Dots dots, Frame frame, Axis xAxis, Axis yAxis) {
            Set<String> places = new LinkedHashSet<>();
            for (int i = 0; i < dots.x().length; i++) {
                if (xAxis.shows(dots.x()[i]) && yAxis.shows(dots.y()[i])) {
                    places.add(px(squared(frame.x(dots.x()[i]))) + " " + px(squared(frame.y(dots.y()[i]))));
                }
            }
            return places;
        }

        private static double squared(double pixels) {
            return SQUARE * Math.rint(pixels / SQUARE);
        }
    }
}
