package io.evenkeel.trial.result;

import java.util.Locale;

/**
 * The outcome of an arm's run.
 *
 * @param kind the kind of ending
 * @param round the round in which it ended
 * @param reason an explanation; empty for a finished run
 */
public record Outcome(Kind kind, int round, String reason) {

    /** Kinds of endings. */
    public enum Kind {
        /** All rounds were run. */
        FINISHED,
        /** A figure was no longer finite, or the loss exceeded a billion times its initial value. */
        DIVERGED,
        INTERRUPTED;

        /** Returns its name in files. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
