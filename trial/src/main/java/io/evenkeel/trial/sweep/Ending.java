package io.evenkeel.trial.sweep;

/** Compares where two methods end. */
enum Ending {
    /** It ends better by an amount that matters. */
    BETTER,
    /** The difference does not matter. */
    AS_WELL,
    /** It ends worse by an amount that matters. */
    WORSE;

    /**
     * Compares two figures of which less is better.
     *
     * @param least differences up to this do not matter
     */
    static Ending of(double mine, double theirs, double least) {
        return mine - theirs > least ? WORSE : theirs - mine > least ? BETTER : AS_WELL;
    }
}
