package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Draws a curve, its band, its markers and its end into a frame. */
final class CurvePen {

    private static final int MARKS = 5;
    private static final int FEW = 12;
    private static final double FAR_OUT = 1e5;

    private final Curve curve;
    private final Frame frame;
    private final double[] x;
    private final double[] y;
    private final int[] shown;

    CurvePen(Curve curve, Frame frame, Axis yAxis) {
        this.curve = curve;
        this.frame = frame;
        double least = frame.xScale().logarithmic() ? Double.MIN_VALUE : Double.NEGATIVE_INFINITY;
        shown = IntStream.range(0, curve.x().length)
                .filter(i -> curve.x()[i] >= least && yAxis.shows(curve.y()[i]))
                .toArray();
        x = Arrays.stream(shown).mapToDouble(i -> frame.x(curve.x()[i])).toArray();
        y = pixels(curve.y());
    }

    private double[] pixels(double[] values) {
        return Arrays.stream(shown).mapToDouble(i -> within(frame.y(values[i]))).toArray();
    }

    /** Zero on a logarithmic axis is at minus infinity. */
    private static double within(double pixels) {
        return Double.isNaN(pixels) ? FAR_OUT : Math.max(-FAR_OUT, Math.min(FAR_OUT, pixels));
    }

    void drawBand(Markup to) {
        if (curve.low().length == 0 || x.length < 2) {
            return;
        }
        StringBuilder path = new StringBuilder();
        append(path, x, pixels(curve.high()), false, true);
        append(path, x, pixels(curve.low()), true, false);
        String kind = "band " + SeriesStyle.area(curve.style());
        to.empty("path", "class", kind, "d", path.append('Z').toString());
    }

    void drawLine(Markup to) {
        if (x.length == 0) {
            return;
        }
        StringBuilder path = new StringBuilder();
        int from = 0;
        while (from < x.length) {
            int end = from + 1;
            // Points without a position are gaps that no line bridges.
            while (end < x.length && shown[end] == shown[end - 1] + 1) {
                end++;
            }
            append(path, Arrays.copyOfRange(x, from, end), Arrays.copyOfRange(y, from, end), false, true);
            from = end;
        }
        Svg.line(to, curve.style(), path.toString());
    }

    private static void append(StringBuilder path, double[] x, double[] y, boolean backwards, boolean anew) {
        int[] kept = Thinning.keep(x, y);
        for (int k = 0; k < kept.length; k++) {
            int i = kept[backwards ? kept.length - 1 - k : k];
            path.append(anew && k == 0 ? 'M' : 'L').append(px(x[i])).append(' ').append(px(y[i]));
        }
    }

    void drawMarks(Markup to) {
        if (x.length == 0) {
            return;
        }
        if (curve.marked()) {
            drawMarkers(to);
        }
        if (curve.broken()) {
            int last = x.length - 1;
            double at = Math.max(frame.top() + 6, Math.min(frame.bottom() - 6, y[last]));
            Svg.text(to, "✕", "end", "middle", x[last], at + 5);
        }
    }

    /** Spreads the markers over the curve, with an offset from those of overlapping curves. */
    private void drawMarkers(Markup to) {
        if (x.length <= FEW) {
            for (int i = 0; i < x.length; i++) {
                marker(to, i);
            }
            return;
        }
        double from = x[0];
        double width = x[x.length - 1] - from;
        int i = 0;
        for (int mark = 0; mark < MARKS; mark++) {
            double at = from + width * (mark + 0.25 + 0.11 * (curve.style() % 6)) / MARKS;
            while (i < x.length - 1 && x[i] < at) {
                i++;
            }
            marker(to, i);
        }
    }

    private void marker(Markup to, int i) {
        if (y[i] >= frame.top() && y[i] <= frame.bottom()) {
            SeriesStyle.marker(to, curve.style(), x[i], y[i]);
        }
    }
}
