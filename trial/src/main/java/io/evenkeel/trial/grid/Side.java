package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.RunFigures;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.result.ArmRun;
import java.util.List;

/**
 * A method at one point of a sweep, at its best step.
 *
 * @param arm its name
 * @param step the step, as a multiple of the method's default
 * @param atEnd whether that is the smallest or the largest step of the grid, beyond which better ones may exist
 * @param runs one for each seed
 */
record Side(String arm, String step, boolean atEnd, List<ArmRun> runs) {

    /** Returns the final losses, seed by seed; infinite for diverged runs. */
    double[] losses() {
        return runs.stream().mapToDouble(run -> new RunFigures(run).finalLoss()).toArray();
    }

    /** Returns the final accuracies, seed by seed; negative infinity for diverged runs, or if nothing is held out. */
    double[] metrics() {
        return runs.stream()
                .mapToDouble(run -> new RunFigures(run).finalTestMetric())
                .map(metric -> Double.isFinite(metric) ? metric : Double.NEGATIVE_INFINITY)
                .toArray();
    }

    /** Returns the rounds to a target, seed by seed, at least 1; infinite if it was not reached. */
    double[] rounds(Target target) {
        return runs.stream()
                .mapToDouble(run -> new RunFigures(run)
                        .reach(target)
                        .map(point -> Math.max(1.0, point.round()))
                        .orElse(Double.POSITIVE_INFINITY))
                .toArray();
    }

    double medianLoss() {
        return Spreads.median(losses());
    }

    /** Returns whether half of the seeds or more diverged. */
    boolean isLost() {
        return Double.isInfinite(medianLoss());
    }
}
