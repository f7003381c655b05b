package io.evenkeel.coordinator.member;

import java.util.BitSet;

/**
 * The members of a run that have missed the last rounds in which they were asked, and how many. A round is not waited for by those that have
 * missed {@value #LIMIT} of them without a sign of life. Immutable.
 */
final class Silence {

    /** The number of rounds that a member misses before an open round no longer waits for it. */
    static final int LIMIT = 3;

    static final Silence NONE = new Silence(new BitSet());

    /** For each member its ordinal times {@link #LIMIT}, plus the number of rounds less one. */
    private final BitSet entries;

    private Silence(BitSet entries) {
        this.entries = entries;
    }

    static Silence decode(byte[] bytes) {
        return new Silence(OrdinalSet.decode(bytes));
    }

    byte[] encode() {
        return OrdinalSet.encode(entries);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns the ordinals of the members for which a round does not wait. */
    BitSet silent() {
        BitSet silent = new BitSet();
        entries.stream().filter(entry -> entry % LIMIT == LIMIT - 1).forEach(entry -> silent.set(entry / LIMIT));
        return silent;
    }

    /**
     * Returns the silence after a round.
     *
     * @param asked the ordinals of the members asked
     * @param missing the ordinals of those that neither sent a message nor declined
     */
    Silence after(BitSet asked, BitSet missing) {
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

    /** Returns the silence after some members were heard of. */
    Silence without(BitSet heard) {
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
