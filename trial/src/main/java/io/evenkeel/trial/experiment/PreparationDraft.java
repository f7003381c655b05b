package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link PreparationSettings} that a user gave. A step that a file does not name is left out, so older files keep their
 * meaning.
 */
public record PreparationDraft(
        @Nullable Double heldOut,
        @Nullable Boolean standardize,
        @Nullable Map<String, String> columns) {

    /** Nothing given. */
    public static final PreparationDraft EMPTY = new PreparationDraft(null, null, null);

    PreparationSettings complete() {
        return new PreparationSettings(or(heldOut, 0.0), or(standardize, false), columns);
    }
}
