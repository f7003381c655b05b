package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Chooses the default targets of trials. */
public final class Targets {

    private static final double POINT = 0.01;

    private static final int MAX_COUNT = 4;

    /** Gradients a hundred thousand times smaller than the first one count as zero. */
    private static final double SMALL_ENOUGH = 1e-5;

    private Targets() {}

    /**
     * Chooses the targets of a comparison: 50%, 90% and 99% of the baseline's gain. The gain is measured in accuracy on
     * held-out samples, or R2, if training improves it by more than the threshold with every seed. Otherwise it is
     * measured in the loss, and also if classes are unbalanced, since one step can achieve nearly all of an AUC.
     * Targets that are reached without training are omitted.
     *
     * @param metric the metric on held-out samples, or null
     * @param classes the class balance of the training samples, or null
     */
    static List<Target> of(
            Experiment experiment, List<ArmRun> runs, @Nullable QualityMetric metric, @Nullable ClassBalance classes) {
        List<ArmRun> baseline = baselineRuns(experiment, runs);
        if (!experiment.targets().isEmpty()) {
            return experiment.targets().stream()
                    .map(Target::parse)
                    .filter(target -> !isTrivial(target, baseline, metric, classes))
                    .toList();
        }
        ThresholdSettings thresholds = experiment.thresholds();
        boolean byMetric = !isUnbalanced(classes)
                && !baseline.isEmpty()
                && baseline.stream().allMatch(run -> metricGain(run) > POINT * thresholds.accuracyPoints());
        Target.Measure measure = byMetric ? Target.Measure.TEST_METRIC : Target.Measure.LOSS;
        return DoubleStream.of(50, 90, 99)
                .mapToObj(percent -> new Target(measure, percent, true))
                .filter(target -> !isTrivial(target, baseline, metric, classes))
                .toList();
    }

    private static boolean isUnbalanced(@Nullable ClassBalance classes) {
        return classes != null && classes.unbalanced();
    }

    /** Returns the requested targets that are reached without training and are therefore meaningless. */
    static List<String> dropped(
            Experiment experiment, List<ArmRun> runs, @Nullable QualityMetric metric, @Nullable ClassBalance classes) {
        List<ArmRun> baseline = baselineRuns(experiment, runs);
        return experiment.targets().stream()
                .map(Target::parse)
                .filter(target -> isTrivial(target, baseline, metric, classes))
                .map(Target::toString)
                .toList();
    }

    private static List<ArmRun> baselineRuns(Experiment experiment, List<ArmRun> runs) {
        return runs.stream()
                .filter(run ->
                        run.arm().equals(experiment.baseline()) && !run.points().isEmpty())
                .toList();
    }

    /**
     * Returns whether the starting model, which all arms share, reaches a target with more than half of the
     * seeds, or whether a prediction of unbalanced classes by their shares reaches it.
     */
    private static boolean isTrivial(
            Target target, List<ArmRun> baseline, @Nullable QualityMetric metric, @Nullable ClassBalance classes) {
        Goals goals = new Goals(baseline);
        long reached = baseline.stream()
                .filter(run -> isAtStart(new RunFigures(run, goals), target)
                        || (classes != null
                                && classes.unbalanced()
                                && sharesReach(goals.of(target, run.seed()), metric, classes)))
                .count();
        return 2 * reached > baseline.size();
    }

    private static boolean isAtStart(RunFigures figures, Target target) {
        return figures.reach(target)
                .filter(point -> point.equals(figures.run().points().get(0)))
                .isPresent();
    }

    private static boolean sharesReach(Target target, @Nullable QualityMetric metric, ClassBalance classes) {
        return switch (target.measure()) {
            case LOSS -> classes.entropy() < target.value();
            case TEST_METRIC -> QualityMetric.ACCURACY.equals(metric) && classes.largest() >= target.value();
            case GRAD_NORM -> false;
        };
    }

    private static double metricGain(ArmRun run) {
        List<TrajectoryPoint> points = run.points();
        return points.get(points.size() - 1).testMetric() - points.get(0).testMetric();
    }

    /**
     * Chooses powers of ten of ||grad f||, the easiest first, unless the experiment has targets. First takes the
     * hardest power that each arm reached, since arms differ in these; then adds the easiest powers that any arm
     * reached.
     */
    public static List<Target> gradientNorms(Experiment experiment, List<ArmRun> runs) {
        if (!experiment.targets().isEmpty()) {
            return experiment.targets().stream().map(Target::parse).toList();
        }
        double first = Double.POSITIVE_INFINITY;
        Map<String, Double> best = new LinkedHashMap<>();
        for (ArmRun run : runs) {
            for (TrajectoryPoint point : run.points()) {
                best.merge(run.arm(), point.gradNorm(), Math::min);
            }
            if (!run.points().isEmpty()) {
                first = Math.min(first, run.points().get(0).gradNorm());
            }
        }
        List<Integer> reached =
                powers(first, best.values().stream().min(Double::compare).orElse(first));
        TreeSet<Integer> chosen = new TreeSet<>();
        for (double least : best.values()) {
            List<Integer> own = powers(first, least);
            if (!own.isEmpty()) {
                chosen.add(own.get(own.size() - 1));
            }
        }
        while (chosen.size() > MAX_COUNT) {
            chosen.remove(new ArrayList<>(chosen).get(1));
        }
        reached.stream().limit(MAX_COUNT).filter(e -> chosen.size() < MAX_COUNT).forEach(chosen::add);
        return chosen.descendingSet().stream()
                .map(e -> new Target(Target.Measure.GRAD_NORM, value(e)))
                .toList();
    }

    /** Returns the exponents of the powers of ten from the first gradient's norm down to the smallest, descending. */
    private static List<Integer> powers(double first, double least) {
        List<Integer> powers = new ArrayList<>();
        if (first > 0 && Double.isFinite(first)) {
            double end = Math.max(least, SMALL_ENOUGH * first);
            for (int e = (int) Math.floor(StrictMath.log10(first)); value(e) > end; e--) {
                if (value(e) < first) {
                    powers.add(e);
                }
            }
        }
        return powers;
    }

    private static double value(int exponent) {
        return Double.parseDouble("1e" + exponent);
    }
}
