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
 * An arm with what its runs show.
 *
 * @param arm the arm
 * @param runs one for each seed, in their order
 * @param search the search for its step size, or null
 */
record ArmFigures(Arm arm, List<RunFigures> runs, ArmSummary.@Nullable Search search) {

    String name() {
        return arm.name();
    }

    /** Returns whether the direction's length does not matter: a rule that adapts its steps is none of these. */
    boolean isNormalized() {
        StepLength length = arm.algorithm().step().length();
        return length == StepLength.FACTOR || length == StepLength.FACTOR_IN_EACH_TENSOR;
    }

    boolean isPlain() {
        return arm.algorithm().step().length() == StepLength.DIRECTION;
    }

    /** Returns whether fewer bytes are sent than float32 or float64 numbers take. */
    boolean isCompressed() {
        CompressorSpec spec = arm.compressor().spec();
        boolean exact = spec.coding() == ValueCoding.FLOAT32 || spec.coding() == ValueCoding.FLOAT64;
        return !(spec.selection() instanceof Selection.Identity && exact);
    }

    /** Returns the privacy that the arm promises, by its last models; null without. */
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

    /** Returns whether an arm promises the same privacy, without which figures are no matter of the method alone. */
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

    /** Returns the rounds to a target with each seed. Reached at the start is after one round, since a ratio needs numbers above 0. */
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
