package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Figures computed from one run's trajectory. */
public final class RunFigures {

    private static final double BYTES_A_MEGABYTE = 1e6;

    private final ArmRun run;
    private final Goals goals;

    /** Creates the figures of a run with absolute targets. */
    public RunFigures(ArmRun run) {
        this(run, new Goals(List.of()));
    }

    /** Creates the figures of a run with the values of its targets. */
    RunFigures(ArmRun run, Goals goals) {
        this.run = run;
        this.goals = goals;
    }

    /** Returns the first point at which a target is reached. */
    public Optional<TrajectoryPoint> reach(Target target) {
        Target meant = goal(target);
        return run.points().stream().filter(point -> reaches(point, meant)).findFirst();
    }

    Target goal(Target target) {
        return goals.of(target, run.seed());
    }

    /** Returns a figure of the first point at which a target is reached; infinite if it is not reached. */
    double at(Target target, ToDoubleFunction<TrajectoryPoint> what) {
        return reach(target).map(what::applyAsDouble).orElse(Double.POSITIVE_INFINITY);
    }

    private static boolean reaches(TrajectoryPoint point, Target target) {
        return switch (target.measure()) {
            case GRAD_NORM -> point.gradNorm() < target.value();
            case LOSS -> point.loss() < target.value();
            case TEST_METRIC -> point.testMetric() >= target.value();
        };
    }

    public boolean diverged() {
        return run.outcome().kind() == Outcome.Kind.DIVERGED;
    }

    private Optional<TrajectoryPoint> last() {
        List<TrajectoryPoint> points = run.points();
        return points.isEmpty() || diverged() ? Optional.empty() : Optional.of(points.get(points.size() - 1));
    }

    /** Returns a figure at the last point, even if the run diverged; 0 if there is none. */
    double last(ToDoubleFunction<TrajectoryPoint> what) {
        List<TrajectoryPoint> points = run.points();
        return points.isEmpty() ? 0 : what.applyAsDouble(points.get(points.size() - 1));
    }

    /** Returns the final loss; infinite if the run diverged or did not report it. */
    public double finalLoss() {
        return known(last().map(TrajectoryPoint::loss).orElse(Double.NaN));
    }

    /** Returns the final ||grad f||; infinite if the run diverged or did not measure it. */
    public double finalGradNorm() {
        return known(last().map(TrajectoryPoint::gradNorm).orElse(Double.NaN));
    }

    /** Returns the final accuracy; infinite if there is none, so that it is ignored. */
    public double finalTestMetric() {
        return known(last().map(TrajectoryPoint::testMetric).orElse(Double.NaN));
    }

    private static double known(double figure) {
        return Double.isNaN(figure) ? Double.POSITIVE_INFINITY : figure;
    }

    /** Returns the metric at x^0; infinite if there is none. */
    double firstTestMetric() {
        return run.points().isEmpty()
                ? Double.POSITIVE_INFINITY
                : known(run.points().get(0).testMetric());
    }

    /** Returns the loss at x^0; infinite if it could not be measured. */
    double firstLoss() {
        return run.points().isEmpty()
                ? Double.POSITIVE_INFINITY
                : run.points().get(0).loss();
    }

    /** Returns the smallest ||grad f|| of the trajectory; infinite if it was not measured. */
    public double bestGradNorm() {
        return run.points().stream()
                .mapToDouble(TrajectoryPoint::gradNorm)
                .filter(norm -> !Double.isNaN(norm))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    double lossPerMegabyte() {
        List<TrajectoryPoint> points = run.points();
        return last().filter(end -> end.uplinkBytes() > 0)
                .map(end -> (points.get(0).loss() - end.loss()) / (end.uplinkBytes() / BYTES_A_MEGABYTE))
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** Returns the share of recorded rounds, from an index on, in which the loss rose by more than rounding errors. */
    double shareOfRises(int from) {
        List<TrajectoryPoint> points = run.points();
        int rises = 0;
        for (int i = from + 1; i < points.size(); i++) {
            rises += rise(i) > 0 ? 1 : 0;
        }
        int steps = points.size() - 1 - from;
        return steps < 1 ? Double.POSITIVE_INFINITY : (double) rises / steps;
    }

    private double rise(int i) {
        double before = run.points().get(i - 1).loss();
        double rise = run.points().get(i).loss() - before;
        return rise > 1e-14 * Math.abs(before) ? rise : 0;
    }

    double largestRise() {
        double largest = 0;
        for (int i = 1; i < run.points().size(); i++) {
            largest = Math.max(largest, rise(i));
        }
        return largest;
    }

    /** Returns the index at which the last tenth of the points begins. */
    int lastTenth() {
        int size = run.points().size();
        return Math.max(0, size - 1 - Math.max(1, size / 10));
    }

    double lastTenthSpread() {
        if (run.points().isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        DoubleSummaryStatistics losses = run
                .points()
                .subList(lastTenth(), run.points().size())
                .stream()
                .mapToDouble(TrajectoryPoint::loss)
                .summaryStatistics();
        return losses.getMax() - losses.getMin();
    }

    /** Returns the median of ||grad f|| over the last tenth. */
    double lastTenthGradNorm() {
        return Spreads.median(run.points().subList(lastTenth(), run.points().size()).stream()
                .mapToDouble(TrajectoryPoint::gradNorm)
                .toArray());
    }

    boolean interrupted() {
        return run.outcome().kind() == Outcome.Kind.INTERRUPTED;
    }

    ArmRun run() {
        return run;
    }
}
