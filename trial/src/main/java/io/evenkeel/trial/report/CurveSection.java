package io.evenkeel.trial.report;

import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.plot.Unit;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Money;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
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

    /** The number of pictures shown first: a row on a wide screen. */
    private static final int FIRST = 3;

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

    /** A figure on a vertical axis, with its name in the report's language. */
    private record Up(
            String key, String name, Unit unit, boolean falls, boolean norm, ToDoubleFunction<TrajectoryPoint> of) {}

    /** A figure on a horizontal axis, with its name in the catalogue. */
    private record Across(String key, Unit unit, ToDoubleFunction<TrajectoryPoint> of) {}

    private static final Across ROUNDS = new Across("rounds", Unit.NUMBER, TrajectoryPoint::round);
    private static final Across BYTES = new Across("bytes", Unit.BYTES, TrajectoryPoint::uplinkBytes);
    private static final Across SECONDS = new Across("seconds", Unit.SECONDS, TrajectoryPoint::seconds);
    private static final Across ELAPSED = new Across("elapsed", Unit.SECONDS, TrajectoryPoint::seconds);

    /** A picture of the section. */
    private record Picture(Up up, Across across) {}

    /** Returns all pictures, the most important first: quality over rounds and bytes, then the loss over bytes. */
    private List<Picture> pictures() {
        Up loss = new Up("loss", texts.get("curves.up.loss"), Unit.NUMBER, true, false, TrajectoryPoint::loss);
        Up norm = new Up("norm", texts.get("curves.up.norm"), Unit.NUMBER, true, true, TrajectoryPoint::gradNorm);
        Summary.Problem problem = trial.summary().problem();
        String name = problem.metric();
        Unit unit = name != null && QualityMetric.isShare(name) ? Unit.PERCENT : Unit.NUMBER;
        Up metric = new Up(
                "metric",
                new Figures(texts, trial.summary()).metric(),
                unit,
                !problem.higherIsBetter(),
                false,
                TrajectoryPoint::testMetric);
        Across seconds = trial.live() == null ? SECONDS : ELAPSED;
        return Stream.of(
                        new Picture(metric, ROUNDS),
                        new Picture(metric, BYTES),
                        new Picture(loss, BYTES),
                        new Picture(loss, ROUNDS),
                        new Picture(norm, ROUNDS),
                        new Picture(norm, BYTES),
                        new Picture(metric, seconds),
                        new Picture(loss, seconds),
                        new Picture(norm, seconds))
                // Figures that were not measured have no curves.
                .filter(picture -> isMeasured(picture.up))
                .toList();
    }

    /** Writes the most important pictures. */
    void writeFirst(Markup to) {
        write(to, pictures().stream().limit(FIRST).toList());
        to.element("p", explanation(), "class", "note");
        arms.stream()
                .map(Ensemble::ends)
                .filter(end -> !end.isEmpty())
                .forEach(end -> to.element("p", end, "class", "note"));
    }

    /** Writes the other pictures, and a table of the figures of all pictures. */
    void write(Markup to) {
        to.element("h2", texts.get("curves.heading"));
        write(to, pictures().stream().skip(FIRST).toList());
        table(to);
    }

    private void write(Markup to, List<Picture> pictures) {
        to.open("div", "class", "charts");
        pictures.forEach(picture -> write(to, picture.up, picture.across));
        to.close();
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
        String upName = up.name();
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

    /** Returns whether a curve that should fall diverged or ended above where it began. */
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

    /** If methods send bytes of different orders of magnitude, a linear axis would show only one of them. */
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

    /** Returns the figure at a round, or at the first recorded round after it. */
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
