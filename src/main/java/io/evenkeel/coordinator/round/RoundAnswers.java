package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.definition.RoundRules;
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
     * @param missing the ordinals of those for which it waits
     * @param silent the ordinals of those for which it does not wait, as they have missed the rounds before
     * @param declined the ordinals of those who have declined it
     */
    record Unanswered(BitSet missing, BitSet silent, BitSet declined) {}

    /** Returns the members that have not answered a run's open round. */
    Unanswered unanswered(Run run) {
        BitSet missing = (BitSet) openRounds.sampled(run).clone();
        missing.andNot(messages.answered(run.id(), run.round()));
        missing.andNot(members.leavers(run.id(), run.round()));
        BitSet declined = openRounds.declined(run);
        declined.and(missing);
        missing.andNot(declined);
        BitSet silent = openRounds.silent(run);
        silent.and(missing);
        missing.andNot(silent);
        return new Unanswered(missing, silent, declined);
    }

    /** Tells by counts alone whether every member asked may have answered, declined, be leaving or be silent. */
    boolean mayBeComplete(Run run) {
        return run.current().accepted()
                        + members.leavers(run.id(), run.round()).cardinality()
                        + openRounds.declined(run).cardinality()
                        + openRounds.silent(run).cardinality()
                >= openRounds.sampled(run).cardinality();
    }

    /**
     * Returns whether every member asked has answered, declined, is leaving or is silent; also if an accepted message is gone. No device sends that one
     * again, and only the closing of the round reports the damage.
     */
    boolean areComplete(Run run) {
        return unanswered(run).missing().isEmpty()
                || messages.countIn(run.id(), run.round()) < run.current().accepted();
    }

    /**
     * Counts a round that is about to close as missed by those who have not answered it, unless it is full: who comes too late for a full
     * round may be as alive as the others. The caller has locked the run.
     */
    void countMissed(Run run, RoundRules open) {
        if (run.current().accepted() < open.maxParticipants()) {
            Unanswered unanswered = unanswered(run);
            unanswered.missing().or(unanswered.silent());
            openRounds.countMissed(run, unanswered.missing());
        }
    }
}
