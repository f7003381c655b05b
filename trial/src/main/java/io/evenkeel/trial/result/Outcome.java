package io.evenkeel.trial.result;

import java.util.Locale;

/**
 * The outcome of an arm's run.
 *
 * @param kind whether it got to its end
 * @param round the round it ended in
 * @param reason what there is to say of it; empty for a run that got to its end
 */
public record Outcome(Kind kind, int round, String reason) {

    /** Kinds of endings. */
    public enum Kind {
        /** All rounds were run. */
        FINISHED,
        /** A figure was no longer finite, or the loss over a billion times what it was. */
        DIVERGED,
        INTERRUPTED;

        /** Returns the word in files. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
