package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/** The {@link GradientSettings} that a user gave; defaults replace what is null. */
public record GradientDraft(
        @Nullable Integer batch,
        @Nullable Integer localSteps,
        @Nullable Double localStepSize) {

    GradientSettings complete() {
        return new GradientSettings(or(batch, 0), or(localSteps, 1), or(localStepSize, 0.1));
    }
}
