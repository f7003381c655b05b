package io.evenkeel.testkit.chaos;

/** The point in a device's round at which it crashes. */
enum CrashPoint {
    /** The message is computed but not saved. */
    BEFORE_STAGING,
    /** The message is saved but not sent. */
    AFTER_STAGING,
    /** The message was accepted, but the receipt is lost with the device. */
    AFTER_SENDING,
    /** The receipt has arrived, but the state is not yet updated. */
    BEFORE_COMMIT,
    /** The state is updated, but nothing else has happened. */
    AFTER_COMMIT
}
