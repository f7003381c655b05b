package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The preparation of the samples before training.
 *
 * @param heldOut the share of each client's samples that is held out for measuring, in [0, 1); ignored if the data has
 *     a test set
 * @param standardize whether to standardize features with the joint statistics of the clients' training
 *     samples
 * @param columns the role of each column of a table: number, category or drop; null to derive it from the
 *     file, and for other data
 */
public record PreparationSettings(
        double heldOut, boolean standardize, @Nullable Map<String, String> columns) {

    /** The default share to hold out. */
    public static final double USUAL_SHARE = 0.2;

    private static final List<String> ROLES = List.of("number", "category", "drop");

    public PreparationSettings {
        Check.range("data.preparation.held-out", heldOut, 0, 1);
        if (columns != null) {
            columns.forEach((name, role) -> Check.oneOf("data.preparation.columns." + name, role, ROLES));
        }
    }

    /**
     * The {@link PreparationSettings} given by a user. A step that a file does not mention is omitted, so older files
     * keep their meaning.
     */
    public record Draft(
            @Nullable Double heldOut,
            @Nullable Boolean standardize,
            @Nullable Map<String, String> columns) {

        /** No settings. */
        public static final Draft EMPTY = new Draft(null, null, null);

        PreparationSettings complete() {
            return new PreparationSettings(or(heldOut, 0.0), or(standardize, false), columns);
        }
    }
}
