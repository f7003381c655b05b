package io.evenkeel.testkit.chaos;

/** Where in a device's round it dies. */
enum CrashPoint {
    /** The message is computed, and not yet saved. */
    BEFORE_STAGING,
    /** The message is saved, and not yet sent. */
    AFTER_STAGING,
    /** The message was sent and accepted, and the receipt dies with the device. */
    AFTER_SENDING,
    /** The receipt is there, and the state is not yet moved on. */
    BEFORE_COMMIT,
    /** The state is moved on, and nobody knows yet. */
    AFTER_COMMIT
}
