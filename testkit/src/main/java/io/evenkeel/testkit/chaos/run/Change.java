package io.evenkeel.testkit.chaos.run;

/**
 * A change of a device's membership, planned or done.
 *
 * @param device the device's number, from 0; devices that join later have higher numbers
 * @param kind the kind of change
 * @param round if planned, the round of the change, or the next one in which the device takes part; if done, the
 *     open round that the device had not answered yet
 */
public record Change(int device, Kind kind, int round) {

    /** The kinds of changes of a device's membership. */
    public enum Kind {
        /** The device leaves, misses a round, and joins again with g_i = 0. */
        LEAVE_AND_RETURN("left and returned"),
        /**
         * The device loses its saved state between two rounds. It gets g_i back from the coordinator, and its
         * momentum is lost; with secure aggregation it continues from its encrypted copy, or joins again.
         */
        LOSE_DISK("lost its disk"),
        /** Like {@link #LOSE_DISK}, but in the middle of a cohort, whose sum then lacks the device's message. */
        LOSE_DISK_SHARED("lost its disk after its shares"),
        /**
         * Like {@link #LOSE_DISK}, but when the masked vector may already be in the sum, so that the copy is too old.
         */
        LOSE_DISK_MASKED("lost its disk after its masked vector"),
        /** The device continues with a different weight. */
        REWEIGH("changed its weight"),
        JOIN("joined in the middle"),
        /** The device continues from the g_i of a coordinator that has lost its last messages. Not planned. */
        FOLLOW("followed a restored coordinator");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Returns whether the device loses its saved state. */
        public boolean losesDisk() {
            return this == LOSE_DISK || this == LOSE_DISK_SHARED || this == LOSE_DISK_MASKED;
        }

        /** Returns the point in a device's round at which the change happens. */
        public CrashPoint point() {
            return switch (this) {
                case LOSE_DISK_SHARED -> CrashPoint.AFTER_SHARES;
                case LOSE_DISK_MASKED -> CrashPoint.AFTER_MASKED;
                case LEAVE_AND_RETURN, LOSE_DISK, REWEIGH, JOIN, FOLLOW -> CrashPoint.BEFORE_STAGING;
            };
        }

        /** Returns a human-readable description. */
        public String text() {
            return text;
        }
    }
}
