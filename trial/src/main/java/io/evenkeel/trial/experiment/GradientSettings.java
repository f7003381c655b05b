package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/**
 * The computation of a client in a round.
 *
 * @param batch the number of samples for a gradient, 0 for all
 * @param localSteps the number of local steps; with more than 1 a client reports (x - y)/(steps * step size), where y
 *     is the point after the steps
 * @param localStepSize the size of local steps, above 0
 */
public record GradientSettings(int batch, int localSteps, double localStepSize) {

    public GradientSettings {
        Check.that(batch >= 0, "gradient.batch is " + batch + ", expected at least 0, where 0 is all samples");
        Check.that(localSteps >= 1, "gradient.local-steps is " + localSteps + ", expected at least 1");
        Check.that(
                localStepSize > 0 && localStepSize < Double.POSITIVE_INFINITY,
                "gradient.local-step-size is " + localStepSize + ", expected a finite number above 0");
    }

    /** Returns whether clients send anything other than full gradients. */
    public boolean isNoisy() {
        return batch > 0 || localSteps > 1;
    }

    /** The {@link GradientSettings} given by a user; defaults replace null. */
    public record Draft(
            @Nullable Integer batch,
            @Nullable Integer localSteps,
            @Nullable Double localStepSize) {

        GradientSettings complete() {
            return new GradientSettings(or(batch, 0), or(localSteps, 1), or(localStepSize, 0.1));
        }
    }
}
