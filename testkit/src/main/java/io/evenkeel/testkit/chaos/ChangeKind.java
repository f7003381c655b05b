package io.evenkeel.testkit.chaos;

/** The kinds of changes of a device's membership. */
enum ChangeKind {
    /** The device leaves, misses a round, and joins again with g_i = 0. */
    LEAVE_AND_RETURN("left and returned"),
    /** The device loses its saved state and gets g_i back from the coordinator; its momentum is lost. */
    LOSE_DISK("lost its disk"),
    /** The device continues with another weight. */
    REWEIGH("changed its weight"),
    /** A new device joins. */
    JOIN("joined in the middle");

    private final String text;

    ChangeKind(String text) {
        this.text = text;
    }

    /** Returns a description for people. */
    String text() {
        return text;
    }
}
