package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/** Chooses the targets of trials that name none. */
public final class Targets {

    private static final double POINT = 0.01;

    private static final int MOST = 4;

    /** Gradients a hundred thousand times smaller than at first are as good as none. */
    private static final double SMALL_ENOUGH = 1e-5;

    private Targets() {}

    /**
     * Chooses those of a comparison: 50%, 90% and 99% of what the baseline gains. The gain is in accuracy on held-out samples, or R2,
     * where training improves it by more than the threshold with every seed, and otherwise in the loss.
     */
    static List<Target> of(Experiment experiment, List<ArmRun> runs) {
        List<ArmRun> baseline = baselineRuns(experiment, runs);
        if (!experiment.targets().isEmpty()) {
            return experiment.targets().stream()
                    .map(Target::parse)
                    .filter(target -> !isReachedAtStart(target, baseline))
                    .toList();
        }
        ThresholdSettings thresholds = experiment.thresholds();
        boolean byMetric = !baseline.isEmpty()
                && baseline.stream().allMatch(run -> metricGain(run) > POINT * thresholds.accuracyPoints());
        Target.Measure measure = byMetric ? Target.Measure.TEST_METRIC : Target.Measure.LOSS;
        return DoubleStream.of(50, 90, 99)
                .mapToObj(percent -> new Target(measure, percent, true))
                .filter(target -> !isReachedAtStart(target, baseline))
                .toList();
    }

    /** Returns the targets that were asked for and that the starting model reaches, so that reaching them says nothing. */
    static List<String> dropped(Experiment experiment, List<ArmRun> runs) {
        List<ArmRun> baseline = baselineRuns(experiment, runs);
        return experiment.targets().stream()
                .map(Target::parse)
                .filter(target -> isReachedAtStart(target, baseline))
                .map(Target::toString)
                .toList();
    }

    private static List<ArmRun> baselineRuns(Experiment experiment, List<ArmRun> runs) {
        return runs.stream()
                .filter(run ->
                        run.arm().equals(experiment.baseline()) && !run.points().isEmpty())
                .toList();
    }

    /** All arms start from the baseline's model; a target counts as reached if more than half of the seeds start there. */
    private static boolean isReachedAtStart(Target target, List<ArmRun> baseline) {
        Goals goals = new Goals(List.of(target), baseline);
        long reached = baseline.stream()
                .filter(run -> new RunFigures(run, goals)
                        .reach(target)
                        .filter(point -> point == run.points().get(0))
                        .isPresent())
                .count();
        return 2 * reached > baseline.size();
    }

    private static double metricGain(ArmRun run) {
        List<TrajectoryPoint> points = run.points();
        return points.get(points.size() - 1).testMetric() - points.get(0).testMetric();
    }

    /**
     * Chooses powers of ten of ||grad f||, the easiest first, unless the experiment names targets. Of the powers that some run reached,
     * the hardest of each arm are taken, as they are what arms differ in, and then the easiest.
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
        while (chosen.size() > MOST) {
            chosen.remove(new ArrayList<>(chosen).get(1));
        }
        reached.stream().limit(MOST).filter(e -> chosen.size() < MOST).forEach(chosen::add);
        return chosen.descendingSet().stream()
                .map(e -> new Target(Target.Measure.GRAD_NORM, value(e)))
                .toList();
    }

    /** The powers of ten from the first gradient's norm down to the least, as exponents, descending. */
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
