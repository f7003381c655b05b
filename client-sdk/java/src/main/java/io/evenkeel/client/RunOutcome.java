package io.evenkeel.client;

/**
 * How a training ended.
 *
 * @param run the run's name
 * @param end why it ended
 * @param round the last round heard of; R for a finished run of R rounds
 * @param accepted the messages of this device the coordinator accepted in this training
 * @param refused those it refused, for having come too late
 */
public record RunOutcome(String run, End end, int round, int accepted, int refused) {

    /** Why a training ended. */
    public enum End {
        /** The run has all its rounds. */
        FINISHED,
        /** An operator cancelled the run. */
        CANCELLED,
        /** The coordinator could not go on with the run. */
        FAILED,
        /** {@link EvenkeelClient#stop} was called; training again goes on. */
        STOPPED,
        /** The rounds or the time of {@link EvenkeelClient#trainFor} are used up; training again goes on. */
        SESSION_ENDED
    }
}
