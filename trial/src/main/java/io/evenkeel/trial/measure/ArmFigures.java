package io.evenkeel.trial.measure;

import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Selection;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.step.StepLength;
import io.evenkeel.trial.experiment.ArmPrivacy;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.simulation.Arm;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * An arm with the figures of its runs.
 *
 * @param arm the arm
 * @param runs one for each seed, in the order of the seeds
 * @param search the search for its step size, or null
 */
record ArmFigures(Arm arm, List<RunFigures> runs, ArmSummary.@Nullable Search search) {

    String name() {
        return arm.name();
    }

    /** Returns whether the step rule ignores the direction's length. Rules that adapt the step size do not count. */
    boolean isNormalized() {
        StepLength length = arm.algorithm().step().length();
        return length == StepLength.FACTOR || length == StepLength.FACTOR_IN_EACH_TENSOR;
    }

    boolean isPlain() {
        return arm.algorithm().step().length() == StepLength.DIRECTION;
    }

    /** Returns whether messages are smaller than uncompressed float32 or float64 values. */
    boolean isCompressed() {
        CompressorSpec spec = arm.compressor().spec();
        boolean exact = spec.coding() == ValueCoding.FLOAT32 || spec.coding() == ValueCoding.FLOAT64;
        return !(spec.selection() instanceof Selection.Identity && exact);
    }

    /** Returns the arm's privacy guarantee for its final models; null without privacy. */
    ArmSummary.@Nullable Privacy privacy() {
        ArmPrivacy of = arm.privacy();
        if (of == null) {
            return null;
        }
        double epsilon = runs.stream()
                .mapToDouble(run -> run.last(TrajectoryPoint::epsilon))
                .max()
                .orElse(0);
        return new ArmSummary.Privacy(of.toString(), epsilon, ArmPrivacy.DELTA);
    }

    /** Returns whether an arm has the same privacy guarantee; otherwise figures do not depend on the method alone. */
    boolean isAsPrivateAs(ArmFigures other) {
        return ArmSummary.Privacy.same(privacy(), other.privacy());
    }

    boolean isInterrupted() {
        return runs.stream().anyMatch(RunFigures::interrupted);
    }

    int diverged() {
        return (int) runs.stream().filter(RunFigures::diverged).count();
    }

    double[] figures(ToDoubleFunction<RunFigures> what) {
        return runs.stream().mapToDouble(what).toArray();
    }

    double median(ToDoubleFunction<RunFigures> what) {
        return Spreads.median(figures(what));
    }

    /**
     * Returns the rounds to a target for each seed. A target reached at the start counts as one round, since ratios
     * need numbers above 0.
     */
    double[] rounds(Target target) {
        return figures(run -> Math.max(1, run.at(target, TrajectoryPoint::round)));
    }

    double[] at(Target target, ToDoubleFunction<TrajectoryPoint> what) {
        return figures(run -> run.at(target, what));
    }

    /** Returns whether more than half of the runs reach a target. */
    boolean reaches(Target target) {
        return Double.isFinite(Spreads.median(rounds(target)));
    }
}
