package io.evenkeel.client;

/**
 * The outcome of a training.
 *
 * @param run the run's name
 * @param end the reason why it ended
 * @param round the last known round; R for a finished run of R rounds
 * @param accepted the number of this device's messages that the coordinator accepted in this training
 * @param refused the number of messages that it refused because they were late
 */
public record RunOutcome(String run, End end, int round, int accepted, int refused) {

    /** The reason why a training ended. */
    public enum End {
        /** The run completed all rounds. */
        FINISHED,
        /** An operator cancelled the run. */
        CANCELLED,
        /** The run failed. */
        FAILED,
        /** {@link EvenkeelClient#stop} was called; another training continues the run. */
        STOPPED,
        /**
         * The rounds or the time of {@link EvenkeelClient#trainFor} are used up; another training continues
         * the run.
         */
        SESSION_ENDED
    }
}
