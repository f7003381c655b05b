package io.evenkeel.engine.draw;

import java.util.BitSet;

/**
 * The members of a run that have missed the last rounds in which they were asked, and the number of missed rounds. A
 * round does not wait for members that have missed {@value #LIMIT} of them without sending any request.
 * Immutable.
 */
public final class Silence {

    /** The number of consecutive missed rounds after which an open round no longer waits for a member. */
    public static final int LIMIT = 3;

    public static final Silence NONE = new Silence(new BitSet());

    /** An entry per member: its ordinal times {@link #LIMIT}, plus the number of rounds minus one. */
    private final BitSet entries;

    private Silence(BitSet entries) {
        this.entries = entries;
    }

    /** Returns the silence with the {@link #entries} of another one; the set must not be modified afterwards. */
    public static Silence of(BitSet entries) {
        return new Silence(entries);
    }

    /** Returns the members and their numbers of missed rounds, to be stored; not to be modified. */
    public BitSet entries() {
        return entries;
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns the ordinals of the members for which a round does not wait. */
    public BitSet silent() {
        BitSet silent = new BitSet();
        entries.stream().filter(entry -> entry % LIMIT == LIMIT - 1).forEach(entry -> silent.set(entry / LIMIT));
        return silent;
    }

    /**
     * Returns the silence after a round.
     *
     * @param asked the ordinals of the members asked
     * @param missing the ordinals of the members that neither sent a message nor declined
     */
    public Silence after(BitSet asked, BitSet missing) {
        BitSet next = new BitSet();
        BitSet first = (BitSet) missing.clone();
        entries.stream().forEach(entry -> {
            int ordinal = entry / LIMIT;
            if (missing.get(ordinal)) {
                first.clear(ordinal);
                next.set(ordinal * LIMIT + Math.min(LIMIT - 1, entry % LIMIT + 1));
            } else if (!asked.get(ordinal)) {
                next.set(entry);
            }
        });
        first.stream().forEach(ordinal -> next.set(ordinal * LIMIT));
        return new Silence(next);
    }

    /** Returns the silence after requests from some members. */
    public Silence without(BitSet heard) {
        BitSet rest = (BitSet) entries.clone();
        entries.stream().filter(entry -> heard.get(entry / LIMIT)).forEach(rest::clear);
        return new Silence(rest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Silence silence && entries.equals(silence.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }
}
