package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.measure.Targets;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** The runs of a sweep, and their figures by arm and cell. */
final class GridResults {

    private static final double WIDEST_GAP = 16;

    private final SweepPlan plan;
    private final List<SweepPlan.Cell> cells;
    private final Target target;
    private final String metric;
    private final List<List<ArmRun>> runs;
    private final Map<String, List<SweepFigures>> figures = new LinkedHashMap<>();

    private GridResults(SweepPlan plan, List<SweepPlan.Cell> cells, String metric, List<List<ArmRun>> runs) {
        this.plan = plan;
        this.cells = cells;
        this.metric = metric;
        this.runs = runs;
        this.target = target(experiment(), runs);
        for (ArmSettings arm : experiment().arms()) {
            List<SweepFigures> row = new ArrayList<>();
            runs.forEach(ofCell -> row.add(SweepFigures.of(of(arm.name(), ofCell), target)));
            figures.put(arm.name(), row);
        }
    }

    /** Reads the folders of the cells. */
    static GridResults read(SweepPlan plan, List<SweepPlan.Cell> cells, List<ResultsFolder> folders)
            throws IOException {
        List<List<ArmRun>> runs = new ArrayList<>();
        for (ResultsFolder folder : folders) {
            runs.add(folder.runs());
        }
        String metric = folders.get(0).summary().problem().metric();
        return new GridResults(plan, cells, metric == null ? QualityMetric.ACCURACY.name() : metric, runs);
    }

    private static List<ArmRun> of(String arm, List<ArmRun> runs) {
        return runs.stream().filter(run -> run.arm().equals(arm)).toList();
    }

    /** Returns the hardest target that the largest number of arms reach, each in some cell. */
    private static Target target(Experiment experiment, List<List<ArmRun>> runs) {
        List<ArmRun> all = runs.stream().flatMap(List::stream).toList();
        List<Target> candidates = Targets.gradientNorms(experiment, all);
        Target chosen = null;
        int most = 0;
        for (Target candidate : candidates) {
            int arms = (int) experiment.arms().stream()
                    .filter(arm -> runs.stream()
                            .anyMatch(cell -> Double.isFinite(SweepFigures.of(of(arm.name(), cell), candidate)
                                    .rounds())))
                    .count();
            if (arms >= most) {
                chosen = candidate;
                most = arms;
            }
        }
        return chosen == null ? new Target(Target.Measure.GRAD_NORM, 1e-2) : chosen;
    }

    SweepPlan plan() {
        return plan;
    }

    List<SweepPlan.Cell> cells() {
        return cells;
    }

    Target target() {
        return target;
    }

    /** Returns the target in human-readable form, such as {@code ‖∇f‖ < 0.01}. */
    String targetText() {
        return new Figures(Texts.in(Language.ENGLISH)).target(target.toString());
    }

    /** Returns the experiment of the first cell, for settings that all cells share. */
    Experiment experiment() {
        return cells.get(0).experiment();
    }

    List<String> arms() {
        return List.copyOf(figures.keySet());
    }

    /** Returns whether an arm takes plain rather than normalized steps. */
    boolean isPlain(String arm) {
        return StudyPlan.isPlain(experiment().arms().get(arms().indexOf(arm)));
    }

    /** Returns the arms that take plain steps, or those that do not. */
    List<String> arms(boolean plain) {
        return arms().stream().filter(arm -> isPlain(arm) == plain).toList();
    }

    /** Returns an arm's results at each step size (the first axis), for one value of the second axis. */
    List<Side> steps(String arm, int value) {
        List<String> steps = plan.axes().get(0).values();
        return IntStream.range(0, steps.size())
                .mapToObj(i -> new Side(
                        arm,
                        steps.get(i),
                        i == 0 || i == steps.size() - 1,
                        of(arm, runs.get(i * plan.seconds() + value))))
                .toList();
    }

    /** Returns each arm at its best step, for one value of the second axis. */
    Place place(int value) {
        Function<Boolean, List<Side>> best = plain -> arms(plain).stream()
                .map(arm -> StepRange.best(steps(arm, value)))
                .toList();
        return new Place(
                plan.axes().size() == 1 ? "" : plan.axes().get(1).values().get(value),
                best.apply(true),
                best.apply(false));
    }

    /** Returns all values of the second axis. */
    List<Place> places() {
        return IntStream.range(0, plan.seconds()).mapToObj(this::place).toList();
    }

    SweepFigures at(String arm, int first, int second) {
        return of(arm).get(first * plan.seconds() + second);
    }

    List<SweepFigures> of(String arm) {
        return figures.getOrDefault(arm, List.of());
    }

    /** Returns the name of the metric on held-out samples. */
    String metric() {
        return metric;
    }

    /** Returns whether there are held-out samples. */
    boolean hasTestMetric() {
        return figures.values().stream().flatMap(List::stream).anyMatch(f -> Double.isFinite(f.testMetric()));
    }

    /**
     * Returns an arm's smallest figure at each value of an axis, over the values of the other.
     *
     * @param axis 0 or 1
     */
    double[] best(String arm, int axis, ToDoubleFunction<SweepFigures> figure) {
        return IntStream.range(0, count(axis))
                .mapToDouble(i -> line(arm, 1 - axis, i).stream()
                        .mapToDouble(figure)
                        .min()
                        .orElse(Double.POSITIVE_INFINITY))
                .toArray();
    }

    /** Returns the number of values of an axis, 1 if there is none. */
    int count(int axis) {
        return axis == 0 ? plan.axes().get(0).values().size() : plan.seconds();
    }

    /** Returns an arm's figures along an axis, at one value of the other. */
    List<SweepFigures> line(String arm, int axis, int other) {
        return IntStream.range(0, count(axis))
                .mapToObj(i -> axis == 0 ? at(arm, i, other) : at(arm, other, i))
                .toList();
    }

    /** Returns the index of the axis of step sizes; -1 if there is none. */
    int stepAxis() {
        return IntStream.range(0, plan.axes().size())
                .filter(a -> SweepAxis.STEP.equals(plan.axes().get(a).name()))
                .findFirst()
                .orElse(-1);
    }

    /**
     * Returns whether a step that is not in the grid may be better than an arm's best: the best one is the smallest or
     * the largest, or a neighbour is more than a factor of 16 away. If no step size reaches the target, the best is the
     * one with the smallest loss. Without an axis of step sizes an arm has only one.
     *
     * @param index the index of the other axis's value, 0 if there is none
     */
    boolean isOpen(String arm, int index) {
        int axis = stepAxis();
        if (axis < 0) {
            return true;
        }
        double[] rounds = along(arm, axis, index, SweepFigures::rounds);
        return isOpen(
                plan.axes().get(axis),
                Arrays.stream(rounds).anyMatch(Double::isFinite)
                        ? rounds
                        : along(arm, axis, index, SweepFigures::loss));
    }

    /** Returns the same for given figures, one for each step size; smaller is better. */
    static boolean isOpen(SweepAxis steps, double[] figures) {
        int best = IntStream.range(1, figures.length - 1)
                .boxed()
                .min(Comparator.comparingDouble(i -> figures[i]))
                .orElse(0);
        if (best == 0
                || Double.isInfinite(figures[best])
                || Math.min(figures[0], figures[figures.length - 1]) < figures[best]) {
            return true;
        }
        return isFar(steps, best - 1) || isFar(steps, best);
    }

    private static boolean isFar(SweepAxis steps, int index) {
        double ratio = steps.number(index + 1).orElse(1) / steps.number(index).orElse(1);
        return Math.max(ratio, 1 / ratio) > WIDEST_GAP;
    }

    private double[] along(String arm, int axis, int index, ToDoubleFunction<SweepFigures> figure) {
        return line(arm, axis, index).stream().mapToDouble(figure).toArray();
    }

    double best(String arm, ToDoubleFunction<SweepFigures> figure) {
        return of(arm).stream().mapToDouble(figure).min().orElse(Double.POSITIVE_INFINITY);
    }
}
