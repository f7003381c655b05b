package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.run.Run;
import java.util.BitSet;
import org.springframework.stereotype.Component;

/**
 * Finds the members for which an open round still waits. Reads only those that have answered, declined or are leaving. Works in
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
     * Members that were asked, stay beyond the round, and have not answered it.
     *
     * @param missing the ordinals of the members for which it waits
     * @param silent the ordinals of the members for which it does not wait, as they have missed earlier rounds
     * @param declined the ordinals of the members that have declined it
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

    /** Decides from counts whether every member asked may have answered, declined, be leaving or be silent. */
    boolean mayBeComplete(Run run) {
        return run.current().accepted()
                        + members.leavers(run.id(), run.round()).cardinality()
                        + openRounds.declined(run).cardinality()
                        + openRounds.silent(run).cardinality()
                >= openRounds.sampled(run).cardinality();
    }

    /**
     * Returns whether every member asked has answered, declined, is leaving or is silent; even if an accepted message
     * is missing. No device sends that message again, and only closing the round reports the damage.
     */
    boolean areComplete(Run run) {
        return unanswered(run).missing().isEmpty()
                || messages.countIn(run.id(), run.round()) < run.current().accepted();
    }

    /**
     * Counts a round that is about to close as missed by the members that have not answered it, unless it is full: a
     * member that is too late for a full round may still be alive. The caller has locked the run.
     */
    void countMissed(Run run, RoundRules open) {
        if (run.current().accepted() < open.maxParticipants()) {
            Unanswered unanswered = unanswered(run);
            unanswered.missing().or(unanswered.silent());
            openRounds.countMissed(run, unanswered.missing());
        }
    }
}
