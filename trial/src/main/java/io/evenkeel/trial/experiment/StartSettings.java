package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The start of a run.
 *
 * @param x zeros, normal (standard), or suggested: a point that suits the loss
 * @param g zeros, compressed (C of the first gradient) or dense (the first gradient itself); the messages are counted
 */
public record StartSettings(String x, String g) {

    public StartSettings {
        Check.oneOf("start.x", x, List.of("zeros", "normal", "suggested"));
        Check.oneOf("start.g", g, List.of("zeros", "compressed", "dense"));
    }

    /** The {@link StartSettings} given by a user; defaults replace null. */
    public record Draft(@Nullable String x, @Nullable String g) {

        StartSettings complete(DataSettings data, LossSettings of) {
            boolean suggests = "polynomial".equals(data.source()) || LossSettings.isRough(of.kind());
            return new StartSettings(or(x, suggests ? "suggested" : "zeros"), or(g, "zeros"));
        }
    }
}
