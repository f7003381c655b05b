package io.evenkeel.engine.chain;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a model: the number of its round, and the history that led to it. After a backup is restored,
 * another model may get the same number, but never the same history.
 *
 * @param round the number of the model; -1 for none
 * @param history 16 hex digits; null if the caller gave none, or the run's chain begins later
 */
public record ModelName(int round, @Nullable String history) {

    private static final int DIGITS = 16;
    private static final Pattern HISTORY = Pattern.compile("[0-9a-f]{" + DIGITS + "}");

    /**
     * Parses the parameter {@code history}.
     *
     * @throws ProblemException {@code malformed} if it is not a history's name
     */
    public static ModelName of(int round, @Nullable String history) {
        if (history != null && !HISTORY.matcher(history).matches()) {
            throw ProblemKind.MALFORMED
                    .because(
                            "parameter 'history' is '" + history + "', expected " + DIGITS + " hex digits",
                            "take it from the task, or leave it out")
                    .with("field", "history");
        }
        return new ModelName(round, history);
    }

    /** Returns the name of the history whose last link has this hash. */
    public static String history(String hash) {
        return hash.substring(0, DIGITS);
    }

    /**
     * Returns whether a run does not have the model, because the database was restored to an earlier state after the
     * caller got the name.
     *
     * @param open the open round, whose model is the newest; -1 before the start
     * @param own the run's own history of this round; null if there is none
     */
    public boolean isLost(int open, @Nullable String own) {
        return round >= 0 && (round > open || (history != null && !history.equals(own)));
    }

    /**
     * Refuses a model that the run does not have.
     *
     * @param run the run's name
     * @param open as in {@link #isLost}
     * @param own as in {@link #isLost}
     */
    public ProblemException lost(String run, int open, @Nullable String own) {
        String theirs =
                own == null ? "" : ", but this coordinator's model of round " + round + " has the history " + own;
        return ProblemKind.HISTORY_LOST
                .because(
                        "run '" + run + "' has no model of round " + round + " with history " + history
                                + (round > open ? "; round " + open + " is open" : theirs)
                                + ": its database was restored to an earlier state",
                        "drop the models, replicas and the staged message of that history, adopt the state that GET"
                                + " /api/v1/runs/" + run + "/members/me shows, and ask for the task")
                .with("openRound", open);
    }
}
