package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.run.Run;
import java.util.BitSet;
import org.springframework.stereotype.Component;

/**
 * Knows which members an open round still waits for. Reads those that have answered, declined or are leaving, not all members. Works in
 * the caller's transaction. Thread-safe.
 */
@Component
class RoundAnswers {

    private final MessageStore messages;
    private final RoundMembers members;
    private final OpenRoundCache openRounds;

    RoundAnswers(MessageStore messages, RoundMembers members, OpenRoundCache openRounds) {
        this.messages = messages;
        this.members = members;
        this.openRounds = openRounds;
    }

    /**
     * Members that were asked, stay beyond the round and have not answered it.
     *
     * @param missing the ordinals of those who have not declined it either
     * @param declined the ordinals of those who have declined it
     */
    record Unanswered(BitSet missing, BitSet declined) {}

    /** Returns the members for which a run's open round still waits. */
    Unanswered unanswered(Run run) {
        BitSet missing = (BitSet) openRounds.sampled(run).clone();
        missing.andNot(messages.answered(run.id(), run.round()));
        missing.andNot(members.leavers(run.id(), run.round()));
        BitSet declined = openRounds.declined(run);
        declined.and(missing);
        missing.andNot(declined);
        return new Unanswered(missing, declined);
    }

    /** Tells by counts alone whether every member asked may have answered, declined or be leaving. */
    boolean mayBeComplete(Run run) {
        return run.current().accepted()
                        + members.leavers(run.id(), run.round()).cardinality()
                        + openRounds.declined(run).cardinality()
                >= openRounds.sampled(run).cardinality();
    }

    /**
     * Returns whether every member asked has answered, declined or is leaving; also if an accepted message is gone. No device sends that one
     * again, and only the closing of the round reports the damage.
     */
    boolean areComplete(Run run) {
        return unanswered(run).missing().isEmpty()
                || messages.countIn(run.id(), run.round()) < run.current().accepted();
    }
}
