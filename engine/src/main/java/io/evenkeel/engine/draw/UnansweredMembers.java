package io.evenkeel.engine.draw;

import java.util.BitSet;

/**
 * The members that were asked in an open round, remain members after it, and have not answered it. The sets
 * are not to be modified.
 *
 * @param missing the ordinals of the members for which the round waits
 * @param silent the ordinals of the members for which it does not wait, because they have missed earlier rounds
 * @param declined the ordinals of the members that have declined it
 */
public record UnansweredMembers(BitSet missing, BitSet silent, BitSet declined) {

    /**
     * Determines the members that have not answered.
     *
     * @param asked the ordinals of the members asked, without those that leave with the round
     * @param answered the ordinals of the members that have answered
     * @param declined the ordinals of the members that have declined
     * @param silent the ordinals of the run's silent members, see {@link Silence}
     */
    public static UnansweredMembers of(BitSet asked, BitSet answered, BitSet declined, BitSet silent) {
        BitSet missing = (BitSet) asked.clone();
        missing.andNot(answered);
        BitSet willNot = (BitSet) declined.clone();
        willNot.and(missing);
        missing.andNot(willNot);
        BitSet quiet = (BitSet) silent.clone();
        quiet.and(missing);
        missing.andNot(quiet);
        return new UnansweredMembers(missing, quiet, willNot);
    }

    /** Returns the ordinals of the members that miss the round if it closes now, for {@link Silence#after}. */
    public BitSet missed() {
        BitSet missed = (BitSet) missing.clone();
        missed.or(silent);
        return missed;
    }
}
