package io.evenkeel.testkit.chaos;

/** The kinds of kills: which process, and when. */
enum KillKind {
    /** The coordinator, just after a message was sent to it: while it checks or commits it. */
    IN_COMMIT("coordinator, in a commit"),
    /** The coordinator, just after the last message of a round was accepted: while it closes the round. */
    IN_CLOSING("coordinator, closing a round"),
    /** The coordinator, at any time. */
    ANY_TIME("coordinator, at any time"),
    /** The coordinator, while it restarts after a kill. */
    IN_RECOVERY("coordinator, starting again"),
    /** A device's process, at any time. */
    DEVICE_PROCESS("device process"),
    /** The database, which restarts at once. */
    DATABASE("database");

    private final String text;

    KillKind(String text) {
        this.text = text;
    }

    /** Returns a description for people. */
    String text() {
        return text;
    }
}
