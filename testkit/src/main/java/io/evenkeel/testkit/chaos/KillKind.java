package io.evenkeel.testkit.chaos;

/** The kinds of kills: which process, and when. */
enum KillKind {
    /** A coordinator that has received a device's keys for a cohort, before it answers. */
    IN_KEYS("coordinator, as keys arrive"),
    /** A coordinator that has received a device's shares, before it answers. */
    IN_SHARES("coordinator, as shares arrive"),
    /** A coordinator that has received a device's masked vector, before it answers. */
    IN_MASKED("coordinator, as masked vectors arrive"),
    /** A coordinator that has received a device's revealed shares, before it answers. */
    IN_REVEALS("coordinator, as reveals arrive"),
    /**
     * The coordinator that closes a cohort's sum: enough devices have revealed, and none knows whether its
     * message is in the sum.
     */
    BEFORE_OUTCOME("coordinator, closing a sum"),
    /** The coordinator that has closed a cohort's sum, after the first device has learned that its message is in it. */
    AFTER_OUTCOME("coordinator, after a sum"),
    /** The coordinator, just after a message was sent to it: while it checks or commits it. */
    IN_COMMIT("coordinator, in a commit"),
    /** The coordinator, just after the last message of a round was accepted: while it closes the round. */
    IN_CLOSING("coordinator, closing a round"),
    /** The coordinator that writes an object: the store has it, but no row refers to it yet. */
    IN_STORE("coordinator, between an object and its row"),
    /**
     * The coordinator that holds the run's lease: it is stopped (SIGSTOP) until another one takes over, and then
     * resumed.
     */
    HOLDER_STOPPED("lease holder, stopped and continued"),
    /** The coordinator, at any time. */
    ANY_TIME("coordinator, at any time"),
    /** The coordinator, while it restarts after a kill. */
    IN_RECOVERY("coordinator, restarting"),
    /** A device's process, at any time. */
    DEVICE_PROCESS("device process"),
    /** The database, which restarts at once. */
    DATABASE("database"),
    /** All coordinators; rows and objects are restored from a backup. */
    RESTORED("all coordinators, rows and objects restored"),
    /** All coordinators; the rows are restored from a backup, and the objects stay newer. */
    RESTORED_ROWS("all coordinators, rows restored"),
    /** All coordinators; objects newer than a backup are missing until they are restored. */
    OLDER_OBJECTS("all coordinators, newer objects missing for a while");

    private final String text;

    KillKind(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
