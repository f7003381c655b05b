package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.draw.UnansweredMembers;
import io.evenkeel.engine.round.ClosingRule;
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

    /** Returns the members that have not answered a run's open round. */
    UnansweredMembers unanswered(Run run) {
        BitSet asked = (BitSet) openRounds.sampled(run).clone();
        asked.andNot(members.leavers(run.id(), run.round()));
        return UnansweredMembers.of(
                asked, messages.answered(run.id(), run.round()), openRounds.declined(run), openRounds.silent(run));
    }

    /**
     * Decides from counts alone whether every member asked may have answered, declined or become silent, or may be
     * leaving.
     */
    boolean mayBeComplete(Run run) {
        return run.current().accepted()
                        + members.leavers(run.id(), run.round()).cardinality()
                        + openRounds.declined(run).cardinality()
                        + openRounds.silent(run).cardinality()
                >= openRounds.sampled(run).cardinality();
    }

    /**
     * Returns whether every member asked has answered, has declined, is leaving or is silent. An accepted message
     * counts even if it is missing: no device sends it again, and only closing the round reports the damage.
     */
    boolean areComplete(Run run) {
        return unanswered(run).missing().isEmpty()
                || messages.countIn(run.id(), run.round()) < run.current().accepted();
    }

    /**
     * Records that the members that have not answered a round, which is about to close, have missed it. The caller has
     * locked the run.
     */
    void countMissed(Run run, RoundRules open) {
        if (ClosingRule.countsMissed(run, open)) {
            openRounds.countMissed(run, unanswered(run).missed());
        }
    }
}
