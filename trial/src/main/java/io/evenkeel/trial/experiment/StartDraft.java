package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/** The {@link StartSettings} that a user gave; defaults replace what is null. */
public record StartDraft(@Nullable String x, @Nullable String g) {

    StartSettings complete(DataSettings data, LossSettings of) {
        boolean suggests = "polynomial".equals(data.source()) || LossSettings.isRough(of.kind());
        return new StartSettings(or(x, suggests ? "suggested" : "zeros"), or(g, "zeros"));
    }
}
