package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@link LossSettings} that a user gave; defaults replace what is null. */
public record LossDraft(
        @Nullable String kind,
        @Nullable String regularizer,
        @Nullable Double lambda,
        @Nullable Integer hidden,
        @Nullable String metric) {

    /** Nothing given. */
    public static final LossDraft EMPTY = new LossDraft(null, null, null, null, null);

    /** Returns only what decides how models are judged. */
    LossDraft onlyMetric() {
        return new LossDraft(null, null, null, null, metric);
    }

    LossSettings complete(DataSettings data) {
        String kindOrDefault = or(
                kind,
                data.isFormula()
                        ? "formula"
                        : List.of("digits", "idx", "cifar10", "images").contains(data.source())
                                ? "softmax"
                                : "logistic");
        String of = or(regularizer, lambda == null || lambda == 0 ? "none" : "l2");
        return new LossSettings(
                kindOrDefault,
                of,
                or(lambda, "none".equals(of) ? 0.0 : 0.1),
                or(hidden, 32),
                or(metric, LossSettings.AUTO));
    }
}
