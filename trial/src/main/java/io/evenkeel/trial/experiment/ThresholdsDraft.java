package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/** The {@link ThresholdSettings} that a user gave; defaults replace what is null. */
public record ThresholdsDraft(
        @Nullable Double accuracyPoints,
        @Nullable Double lossPercent,
        @Nullable Double roundsPercent,
        @Nullable Double bytesPercent) {

    ThresholdSettings complete() {
        ThresholdSettings usual = ThresholdSettings.USUAL;
        return new ThresholdSettings(
                or(accuracyPoints, usual.accuracyPoints()),
                or(lossPercent, usual.lossPercent()),
                or(roundsPercent, usual.roundsPercent()),
                or(bytesPercent, usual.bytesPercent()));
    }
}
