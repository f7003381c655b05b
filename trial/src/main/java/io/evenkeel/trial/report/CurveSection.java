package io.evenkeel.trial.report;

import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.plot.Unit;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The curves of a trial: loss, gradient norm and accuracy over rounds, bytes and seconds, and the same as a table. */
final class CurveSection {

    private static final double WIDE_RANGE = 30;
    private static final double CEILING_ROOM = 0.02;
    private static final double UNLIKE_LENGTHS = 4;

    private final Texts texts;
    private final TrialResults trial;
    private final String prefix;
    private final List<Ensemble> arms;

    CurveSection(Texts texts, TrialResults trial, String prefix) {
        this.texts = texts;
        this.trial = trial;
        this.prefix = prefix;
        this.arms = trial.summary().arms().stream()
                .map(arm -> new Ensemble(texts, arm.name(), trial.style(arm.name()), trial.runsOf(arm.name())))
                .toList();
    }

    /** A figure up the page, named as in the catalogue. */
    private record Up(String key, Unit unit, boolean falls, boolean norm, ToDoubleFunction<TrajectoryPoint> of) {}

    /** A figure across the page, named as in the catalogue. */
    private record Across(String key, Unit unit, ToDoubleFunction<TrajectoryPoint> of) {}

    private static final List<Across> ACROSS = List.of(
            new Across("rounds", Unit.NUMBER, TrajectoryPoint::round),
            new Across("bytes", Unit.BYTES, TrajectoryPoint::uplinkBytes),
            new Across("seconds", Unit.SECONDS, TrajectoryPoint::seconds));

    private static final Across ELAPSED = new Across("elapsed", Unit.SECONDS, TrajectoryPoint::seconds);

    void write(Markup to) {
        Metric metric = Metric.of(trial.experiment());
        // What nobody measured has no curves.
        List<Up> ups = Stream.of(
                        new Up("loss", Unit.NUMBER, true, false, TrajectoryPoint::loss),
                        new Up("norm", Unit.NUMBER, true, true, TrajectoryPoint::gradNorm),
                        new Up(metric.text(), metric.unit(), false, false, TrajectoryPoint::testMetric))
                .filter(this::isMeasured)
                .toList();
        to.element("h2", texts.get("curves.heading"));
        to.element("p", explanation(), "class", "note");
        to.open("div", "class", "charts");
        for (Up up : ups) {
            for (Across across : ACROSS) {
                boolean elapsed = trial.live() != null && "seconds".equals(across.key());
                write(to, up, elapsed ? ELAPSED : across);
            }
        }
        to.close();
        arms.stream()
                .map(Ensemble::ends)
                .filter(end -> !end.isEmpty())
                .forEach(end -> to.element("p", end, "class", "note"));
        table(to);
    }

    private boolean isMeasured(Up up) {
        return trial.runs().stream()
                .flatMap(run -> run.points().stream())
                .anyMatch(point -> !Double.isNaN(up.of().applyAsDouble(point)));
    }

    private String explanation() {
        int seeds = trial.summary().problem().seeds().size();
        return seeds == 1 ? texts.get("curves.one-seed") : texts.get("curves.seeds", Money.exact(seeds));
    }

    private void write(Markup to, Up up, Across across) {
        List<Curve> curves = arms.stream()
                .map(arm -> arm.curve(across.of(), up.of()))
                .filter(curve -> curve.x().length > 0)
                .toList();
        List<Curve> calm =
                curves.stream().filter(curve -> !isLost(curve, up.falls())).toList();
        String upName = texts.get("curves.up." + up.key());
        String name = texts.get("curves.against", upName, texts.get("curves.across." + across.key()));
        String id = prefix + "clip-" + up.key() + "-" + across.key();
        Plot plot = new Plot(
                id,
                texts.get("curves.described", name, names(curves)),
                new Axis(texts.get("curves.axis." + across.key()), across.unit(), areUnlike(curves)),
                new Axis(upName, up.unit(), up.norm() || isWide(calm)));
        curves.forEach(plot::curve);
        boolean cut = !calm.isEmpty() && calm.size() < curves.size();
        if (cut) {
            plot.below(ceiling(calm, curves));
        }
        to.open("figure").element("figcaption", name);
        to.add(plot.svg());
        if (cut) {
            List<Curve> lost =
                    curves.stream().filter(curve -> !calm.contains(curve)).toList();
            to.element("p", texts.get("curves.cut", names(lost)), "class", "note");
        }
        to.close();
    }

    private String names(List<Curve> curves) {
        return String.join(texts.get("list"), curves.stream().map(Curve::name).toList());
    }

    /** Tells whether a curve that should fall diverged or ended above where it began. */
    private static boolean isLost(Curve curve, boolean falls) {
        double[] y = curve.y();
        return falls && (curve.broken() || !(y[y.length - 1] <= y[0]));
    }

    private static double ceiling(List<Curve> calm, List<Curve> all) {
        double most = Stream.concat(
                        all.stream().map(curve -> new double[] {curve.y()[0]}),
                        calm.stream().flatMap(curve -> Stream.of(curve.y(), curve.high())))
                .flatMapToDouble(Arrays::stream)
                .filter(Double::isFinite)
                .max()
                .orElse(Double.POSITIVE_INFINITY);
        return most + CEILING_ROOM * Math.abs(most);
    }

    /** Where methods send bytes of different orders of magnitude, a linear axis would show but one of them. */
    private static boolean areUnlike(List<Curve> curves) {
        double[] ends = curves.stream()
                .filter(curve -> !curve.broken())
                .mapToDouble(curve -> curve.x()[curve.x().length - 1])
                .filter(x -> x > 0)
                .sorted()
                .toArray();
        return ends.length > 1 && ends[ends.length - 1] > UNLIKE_LENGTHS * ends[0];
    }

    private static boolean isWide(List<Curve> curves) {
        double[] values = curves.stream()
                .flatMapToDouble(curve -> Arrays.stream(curve.y()))
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        return values.length > 0 && values[0] > 0 && values[values.length - 1] > WIDE_RANGE * values[0];
    }

    private void table(Markup to) {
        int rounds = trial.summary().problem().rounds();
        int[] at = {0, rounds / 100, rounds / 10, rounds / 4, rounds / 2, rounds};
        int[] distinct = Arrays.stream(at).distinct().toArray();
        List<String> header = new ArrayList<>(List.of(texts.get("curves.table.round")));
        Arrays.stream(distinct).forEach(round -> header.add(String.format(Locale.ROOT, "%,d", round)));
        Grid grid = Grid.begin(to, texts.get("curves.table"), header);
        for (int a = 0; a < arms.size(); a++) {
            Curve loss = arms.get(a).curve(TrajectoryPoint::round, TrajectoryPoint::loss);
            Curve norm = arms.get(a).curve(TrajectoryPoint::round, TrajectoryPoint::gradNorm);
            ArmSummary arm = trial.summary().arms().get(a);
            List<String> row = new ArrayList<>(List.of(arm.name()));
            for (int round : distinct) {
                row.add(value(loss, round, true) + ", " + value(norm, round, false));
            }
            grid.row(a, row);
        }
        grid.end();
    }

    /** The figure at a round, or at the first one recorded after it. */
    private static String value(Curve curve, int round, boolean loss) {
        for (int i = 0; i < curve.x().length; i++) {
            if (curve.x()[i] >= round) {
                double value = curve.y()[i];
                return !Double.isFinite(value) ? "–" : loss ? TextFormat.loss(value) : TextFormat.number(value);
            }
        }
        return "–";
    }
}
