package io.evenkeel.trial.sweep;

/** Compares the final figures of two methods. */
enum Ending {
    /** It ends relevantly better. */
    BETTER,
    /** The difference is too small to matter. */
    AS_WELL,
    /** It ends relevantly worse. */
    WORSE;

    /**
     * Compares two figures, where smaller is better.
     *
     * @param least the largest irrelevant difference
     */
    static Ending of(double mine, double theirs, double least) {
        return mine - theirs > least ? WORSE : theirs - mine > least ? BETTER : AS_WELL;
    }
}
