package io.evenkeel.testkit.chaos;

/** What happens to a device's place in the run. */
enum ChangeKind {
    /** It leaves, lets a round pass without it, and joins again, with g_i = 0. */
    LEAVE_AND_RETURN("left and returned"),
    /** It loses what it had saved of the run, and gets its g_i back; its momentum is gone. */
    LOSE_DISK("lost its disk"),
    /** It goes on with another weight. */
    REWEIGH("changed its weight"),
    /** Somebody new joins. */
    JOIN("joined in the middle");

    private final String text;

    ChangeKind(String text) {
        this.text = text;
    }

    /** Returns what a device did, for people. */
    String text() {
        return text;
    }
}
