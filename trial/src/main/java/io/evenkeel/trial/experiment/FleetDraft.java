package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/** The {@link FleetSettings} that a user gave; defaults replace what is null. */
public record FleetDraft(
        @Nullable Integer clients,
        @Nullable String split,
        @Nullable Double dirichletAlpha,
        @Nullable String weights,
        @Nullable Double participation,
        @Nullable String over,
        @Nullable String hostile) {

    /** Nothing given. */
    public static final FleetDraft EMPTY = new FleetDraft(null, null, null, null, null, null, null);

    FleetSettings complete(DataSettings data) {
        return new FleetSettings(
                or(clients, "polynomial".equals(data.source()) ? 1 : 20),
                or(split, data.splitColumn() == null ? "contiguous" : "column"),
                or(dirichletAlpha, 0.5),
                or(weights, "equal"),
                or(participation, 1.0),
                or(over, "process"),
                hostile);
    }
}
