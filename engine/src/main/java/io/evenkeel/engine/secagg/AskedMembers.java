package io.evenkeel.engine.secagg;

import java.util.BitSet;
import java.util.function.BooleanSupplier;

/**
 * The members asked in an open round, by their ordinals. The sets are not changed.
 *
 * @param sampled the members drawn
 * @param declined those that do not take part in the round
 * @param silent those that missed earlier rounds
 * @param leavers those that leave the run
 * @param othersWait whether members that an extension would ask are waiting for the next round
 */
public record AskedMembers(BitSet sampled, BitSet declined, BitSet silent, BitSet leavers, BooleanSupplier othersWait) {

    /** No members: the steps after the first end by their counters. */
    public static final AskedMembers NONE =
            new AskedMembers(new BitSet(), new BitSet(), new BitSet(), new BitSet(), () -> false);

    /** Returns the members that have neither sent keys nor declined. */
    BitSet missing(BitSet sent) {
        BitSet missing = (BitSet) sampled.clone();
        missing.andNot(declined);
        missing.andNot(leavers);
        missing.andNot(sent);
        return missing;
    }

    /** Returns whether fewer members may answer than a cohort needs, while others wait. */
    boolean needOthers(int minMembers) {
        BitSet able = missing(silent);
        return able.cardinality() < minMembers && othersWait.getAsBoolean();
    }
}
