package io.evenkeel.client.internal.protocol;

import java.util.Set;

/**
 * The progress of a run at the time of the response.
 *
 * @param state {@code created}, {@code running}, {@code paused}, {@code finished}, {@code cancelled} or {@code failed}
 * @param members the number of clients that are members of the run
 * @param minParticipants the minimum number of members to start the run, and of messages to close a round
 */
public record RunProgress(String state, int members, int minParticipants) {

    private static final Set<String> OVER = Set.of("finished", "cancelled", "failed");

    /** Returns whether the run is over. */
    public boolean isOver() {
        return isOver(state);
    }

    /** Returns whether a run in this state is over. */
    static boolean isOver(String state) {
        return OVER.contains(state);
    }
}
