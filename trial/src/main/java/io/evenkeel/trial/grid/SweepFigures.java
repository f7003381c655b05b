package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.RunFigures;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The figures of an arm in a cell: medians over seeds. Unreached and missing figures are infinite.
 *
 * @param rounds the rounds to the sweep's target
 * @param uplinkBytes the bytes sent until then
 * @param loss the final loss
 * @param gradNorm the final ||grad f||
 * @param bestGradNorm the smallest ||grad f||
 * @param testMetric the final accuracy
 * @param reached the number of seeds that reached the target
 * @param diverged the number of seeds that diverged
 * @param firstDivergence the earliest round of a divergence, -1 if none
 * @param seeds the number of seeds
 * @param epsilon the final epsilon of differential privacy, the largest over seeds; NaN without privacy
 */
record SweepFigures(
        double rounds,
        double uplinkBytes,
        double loss,
        double gradNorm,
        double bestGradNorm,
        double testMetric,
        int reached,
        int diverged,
        int firstDivergence,
        int seeds,
        double epsilon) {

    static SweepFigures of(List<ArmRun> runs, Target target) {
        List<RunFigures> figures = runs.stream().map(RunFigures::new).toList();
        int first = runs.stream()
                .filter(run -> new RunFigures(run).diverged())
                .mapToInt(run -> run.outcome().round())
                .min()
                .orElse(-1);
        return new SweepFigures(
                median(figures, f -> at(f, target, TrajectoryPoint::round)),
                median(figures, f -> at(f, target, TrajectoryPoint::uplinkBytes)),
                median(figures, RunFigures::finalLoss),
                median(figures, RunFigures::finalGradNorm),
                median(figures, RunFigures::bestGradNorm),
                median(figures, RunFigures::finalTestMetric),
                (int) figures.stream().filter(f -> f.reach(target).isPresent()).count(),
                (int) figures.stream().filter(RunFigures::diverged).count(),
                first,
                runs.size(),
                runs.stream()
                        .filter(run -> !run.points().isEmpty())
                        .mapToDouble(
                                run -> run.points().get(run.points().size() - 1).epsilon())
                        .max()
                        .orElse(Double.NaN));
    }

    private static double at(RunFigures figures, Target target, ToDoubleFunction<TrajectoryPoint> what) {
        return figures.reach(target).map(what::applyAsDouble).orElse(Double.POSITIVE_INFINITY);
    }

    private static double median(List<RunFigures> figures, ToDoubleFunction<RunFigures> what) {
        return Spreads.median(figures.stream().mapToDouble(what).toArray());
    }

    /** Returns whether half of the seeds or more diverged. */
    boolean isLost() {
        return 2 * diverged >= seeds;
    }
}
