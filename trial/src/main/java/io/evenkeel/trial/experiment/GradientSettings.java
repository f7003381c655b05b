package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/**
 * The computation of a client in a round.
 *
 * @param batch samples a gradient, 0 for all
 * @param localSteps steps a client takes on its own; with more than 1 it reports (x - y)/(steps * step size), y being where it got
 * @param localStepSize their size, above 0
 */
public record GradientSettings(int batch, int localSteps, double localStepSize) {

    public GradientSettings {
        Check.that(batch >= 0, "gradient.batch is " + batch + ", expected at least 0, where 0 is all samples");
        Check.that(localSteps >= 1, "gradient.local-steps is " + localSteps + ", expected at least 1");
        Check.that(
                localStepSize > 0 && localStepSize < Double.POSITIVE_INFINITY,
                "gradient.local-step-size is " + localStepSize + ", expected a finite number above 0");
    }

    /** Returns whether clients send anything but full gradients. */
    public boolean isNoisy() {
        return batch > 0 || localSteps > 1;
    }

    /** The {@link GradientSettings} that a user gave; defaults replace what is null. */
    public record Draft(
            @Nullable Integer batch,
            @Nullable Integer localSteps,
            @Nullable Double localStepSize) {

        GradientSettings complete() {
            return new GradientSettings(or(batch, 0), or(localSteps, 1), or(localStepSize, 0.1));
        }
    }
}
