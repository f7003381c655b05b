package io.evenkeel.trial.live;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Chooses the default targets: 50%, 90% and 99% of the yardstick's improvement in the metric, or in the loss if there
 * is no metric.
 */
final class LiveTargets {

    private static final double[] SHARES = {0.5, 0.9, 0.99};
    private static final int DIGITS = 4;

    private LiveTargets() {}

    /**
     * Chooses the targets, easiest first.
     *
     * @param yardstick the yardstick's trajectory with trailing means
     */
    static List<String> of(ArmRun yardstick, boolean metric) {
        Target.Measure measure = metric ? Target.Measure.TEST_METRIC : Target.Measure.LOSS;
        ToDoubleFunction<TrajectoryPoint> figure = metric ? TrajectoryPoint::testMetric : TrajectoryPoint::loss;
        // A loss must fall below its target, so the target is rounded up; a metric must reach its target.
        RoundingMode towardsEasier = metric ? RoundingMode.DOWN : RoundingMode.UP;
        double[] known = yardstick.points().stream()
                .mapToDouble(figure)
                .filter(Double::isFinite)
                .toArray();
        if (known.length < 2) {
            return List.of();
        }
        double first = known[0];
        double gain = known[known.length - 1] - first;
        List<String> targets = new ArrayList<>();
        for (double share : SHARES) {
            if (metric ? gain > 0 : gain < 0) {
                double value = new BigDecimal(first + share * gain)
                        .round(new MathContext(DIGITS, towardsEasier))
                        .doubleValue();
                String target = new Target(measure, value).toString();
                if (!targets.contains(target)) {
                    targets.add(target);
                }
            }
        }
        return targets;
    }
}
