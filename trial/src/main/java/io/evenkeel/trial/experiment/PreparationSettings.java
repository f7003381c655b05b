package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The preparation of the samples before training.
 *
 * @param heldOut share of each client's samples that is kept for measuring, in [0, 1); ignored where the data has a test set
 * @param standardize whether features are brought to comparable sizes, by the joint statistics of the clients' training samples
 * @param columns what each column of a table is: number, category or drop; null for what the file suggests, and for other data
 */
public record PreparationSettings(
        double heldOut, boolean standardize, @Nullable Map<String, String> columns) {

    /** The share that is held out unless another is named. */
    public static final double USUAL_SHARE = 0.2;

    private static final List<String> ROLES = List.of("number", "category", "drop");

    public PreparationSettings {
        Check.range("data.preparation.held-out", heldOut, 0, 1);
        if (columns != null) {
            columns.forEach((name, role) -> Check.oneOf("data.preparation.columns." + name, role, ROLES));
        }
    }

    /**
     * The {@link PreparationSettings} that a user gave. A step that a file does not name is left out, so older files keep their
     * meaning.
     */
    public record Draft(
            @Nullable Double heldOut,
            @Nullable Boolean standardize,
            @Nullable Map<String, String> columns) {

        /** Nothing given. */
        public static final Draft EMPTY = new Draft(null, null, null);

        PreparationSettings complete() {
            return new PreparationSettings(or(heldOut, 0.0), or(standardize, false), columns);
        }
    }
}
