package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The targets of a trial. A share is converted to a figure with the baseline's run of the same seed. */
public final class Goals {

    private final Map<Long, ArmRun> baseline = new HashMap<>();

    public Goals(List<ArmRun> baselineRuns) {
        baselineRuns.forEach(run -> baseline.put(run.seed(), run));
    }

    /** Returns a target's figure for a seed; an unreachable one if the baseline has none. */
    Target of(Target target, long seed) {
        if (!target.share()) {
            return target;
        }
        ArmRun run = baseline.get(seed);
        if (run == null || run.points().isEmpty()) {
            return new Target(target.measure(), Double.NaN);
        }
        List<TrajectoryPoint> points = run.points();
        return target.between(figure(target, points.get(0)), figure(target, points.get(points.size() - 1)));
    }

    private static double figure(Target target, TrajectoryPoint point) {
        return target.measure() == Target.Measure.LOSS ? point.loss() : point.testMetric();
    }
}
