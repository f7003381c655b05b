package io.evenkeel.trial.probe;

import io.evenkeel.core.smoothness.Envelope;
import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Dots;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.report.Grid;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.text.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Writes report.html of a probe: the findings as text, the ratios with their envelope, and Theorem 1's bound with the
 * measurement.
 */
public final class ProbeReport {

    private static final int STEPS = 60;
    private static final double HIGHEST_BOUND = 1e6;
    private static final double ROUNDING = 1e-9;

    private final String probed;
    private final List<RatioPoint> points;
    private final ProbeResult result;

    private ProbeReport(String probed, List<RatioPoint> points, ProbeResult result) {
        this.probed = probed;
        this.points = points;
        this.result = result;
    }

    /** Writes the report into the probe's folder. */
    public static void write(Path folder, Probe probe, ProbeResult result) throws IOException {
        Files.writeString(
                folder.resolve(Page.NAME), new ProbeReport(probe.description(), probe.points(), result).page());
    }

    private String page() {
        String title = "Probe: the smoothness of this loss";
        Markup main = new Markup().element("h1", title);
        main.element(
                "p",
                String.format(Locale.ROOT, "%s: along %,d rounds of ", probed, result.rounds()) + result.arm()
                        + " with " + result.compressor() + ".",
                "class",
                "problem");
        result.text()
                .lines()
                .forEach(line ->
                        main.element("p", line.replace("||grad f||", "‖∇f‖").replace("||EF21||", "‖EF21‖")));
        main.open("div", "class", "charts");
        scatter(main);
        if (!result.bound().isEmpty()) {
            bound(main);
        }
        main.close();
        fits(main);
        if (!result.bound().isEmpty()) {
            bounds(main);
        }
        return Page.of(title, main);
    }

    private void scatter(Markup main) {
        double[] norms = values(point -> point.client() == RatioPoint.FLEET && point.gradNorm() > 0, true);
        double least = java.util.Arrays.stream(norms).min().orElse(1);
        double most = java.util.Arrays.stream(norms).max().orElse(1);
        double[] x = new double[STEPS];
        double[] envelope = new double[STEPS];
        double[] plain = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            x[i] = least * StrictMath.pow(most / least, i / (STEPS - 1.0));
            envelope[i] = result.fleet().l0() + result.fleet().l1() * x[i];
            plain[i] = result.fleet().plain();
        }
        Plot plot = new Plot(
                "clip-ratios",
                "local smoothness against the gradient's norm, with the fitted envelope; the fit is in the table",
                Axis.logarithmic("‖∇f‖"),
                Axis.logarithmic("‖∇f(x) − ∇f(y)‖ / ‖x − y‖"));
        if (!result.others().isEmpty()) {
            plot.dots(dots("clients", 5, point -> point.client() != RatioPoint.FLEET, 0.8));
        }
        plot.dots(dots("fleet", 0, point -> point.client() == RatioPoint.FLEET, 1.6));
        if (result.fleet().l1() < ROUNDING) {
            plot.curve(Curve.plain("L0 + L1 ‖∇f‖ with L1 = 0: a constant", 1, x, envelope)
                    .unmarked());
        } else {
            plot.curve(Curve.plain("L0 + L1 ‖∇f‖", 1, x, envelope).unmarked());
            plot.curve(Curve.plain("constant L", 2, x, plain).unmarked());
        }
        main.open("figure").element("figcaption", "Change of the gradient in a step, against its size");
        main.add(plot.svg());
        main.element(
                "p",
                "Lines are for the fleet: 95% of its dots lie below. Overlapping dots are drawn once.",
                "class",
                "note");
        main.close();
    }

    private Dots dots(String name, int style, Predicate<RatioPoint> which, double radius) {
        return new Dots(name, style, values(which, true), values(which, false), radius);
    }

    private double[] values(Predicate<RatioPoint> which, boolean norms) {
        return points.stream()
                .filter(which)
                .mapToDouble(point -> norms ? point.gradNorm() : point.ratio())
                .toArray();
    }

    private void bound(Markup main) {
        List<ProbeResult.BoundPoint> bound = result.bound();
        double[] x = bound.stream().mapToDouble(ProbeResult.BoundPoint::horizon).toArray();
        Plot plot = new Plot(
                "clip-bound",
                "Theorem 1's bound beside the least gradient norm measured; the figures are in the table",
                Axis.logarithmic("rounds"),
                Axis.logarithmic("least ‖∇f‖ so far"));
        plot.curve(Curve.plain(
                "measured",
                0,
                x,
                bound.stream().mapToDouble(ProbeResult.BoundPoint::measured).toArray()));
        plot.curve(Curve.plain(
                "bound, gamma0 = 1",
                1,
                x,
                bound.stream().mapToDouble(p -> or(p.bound())).toArray()));
        plot.curve(Curve.plain(
                "bound, its best gamma0",
                2,
                x,
                bound.stream().mapToDouble(p -> or(p.leastBound())).toArray()));
        plot.below(HIGHEST_BOUND);
        main.open("figure").element("figcaption", "Theorem 1's bound and the measurement");
        main.add(plot.svg());
        main.element("p", "A bound above a million is cut off.", "class", "note")
                .close();
    }

    private static double or(@Nullable Double value) {
        return value == null ? Double.POSITIVE_INFINITY : value;
    }

    private void fits(Markup main) {
        Grid grid = Grid.begin(
                main,
                "Envelopes: estimate [95% interval]",
                List.of("loss of", "ratios", "L0", "L1", "constant L", "the line misses by less"));
        fit(grid, "the fleet", result.fleet());
        result.others().forEach(client -> fit(grid, "client " + client.client(), client.fit()));
        grid.end();
    }

    private static void fit(Grid grid, String of, Envelope.Fit fit) {
        grid.row(List.of(
                of,
                Integer.toString(fit.points()),
                interval(fit.l0(), fit.l0Low(), fit.l0High()),
                interval(fit.l1(), fit.l1Low(), fit.l1High()),
                Numerals.shortest(fit.plain(), 3),
                TextFormat.percent(fit.gain())));
    }

    private static String interval(double value, double low, double high) {
        return three(value) + " [" + three(low) + ", " + three(high) + "]";
    }

    /** Rounding errors of the fit count as 0. */
    private static String three(double value) {
        return Numerals.shortest(Math.abs(value) < ROUNDING ? 0 : value, 3);
    }

    private void bounds(Markup main) {
        Grid grid = Grid.begin(
                main,
                "Theorem 1 with the fleet's estimates",
                List.of("rounds", "measured", "bound, gamma0 = 1", "best gamma0", "its bound"));
        for (ProbeResult.BoundPoint point : result.bound()) {
            grid.row(List.of(
                    String.format(Locale.ROOT, "%,d", point.horizon()),
                    TextFormat.number(point.measured()),
                    TextFormat.number(or(point.bound())),
                    Numerals.shortest(point.gamma0(), 2),
                    TextFormat.number(or(point.leastBound()))));
        }
        grid.end();
    }
}
