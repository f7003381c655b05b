package io.evenkeel.testkit.chaos.run;

import org.jspecify.annotations.Nullable;

/**
 * The recovery of a device that had lost its disk in a run with secure aggregation.
 *
 * @param device the device's number
 * @param hasKey whether it has a recovery key
 * @param sequence the number of messages in the copy from which it continued; 0 if it joined again
 * @param reason why it could not use a copy, as reported to its listener; null without a report
 */
public record DiskRecovery(
        int device, boolean hasKey, long sequence, @Nullable String reason) {

    /** Returns whether the device continued from its encrypted copy. */
    public boolean continued() {
        return sequence > 0;
    }
}
