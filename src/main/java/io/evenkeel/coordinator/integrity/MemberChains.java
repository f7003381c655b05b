package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.engine.message.IncludedMessage;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Follows the chains of a run's members through the messages of its rounds, using 20 bytes per member. If it
 * starts after round 0, it knows only the chains of members that have sent a message since. Messages of
 * folded rounds may be missing, but never a member's last one. Not thread-safe.
 */
final class MemberChains {

    private static final long UNKNOWN = -1;

    private final boolean isWhole;
    private final int firstWhole;
    private final long[] sequences;
    private final long[] heads;
    private final int[] lastRounds;
    private final BitSet followed = new BitSet();
    private long messages;

    /**
     * Starts before a round.
     *
     * @param members the number of members
     * @param from the round
     * @param firstWhole the first round with all of its messages
     */
    MemberChains(int members, int from, int firstWhole) {
        this.isWhole = from == 0 && firstWhole == 0;
        this.firstWhole = firstWhole;
        sequences = new long[members];
        Arrays.fill(sequences, from == 0 ? 0 : UNKNOWN);
        heads = new long[members];
        lastRounds = new int[members];
        Arrays.fill(lastRounds, -1);
    }

    /** Adds the messages of the next round in order. */
    void add(int round, List<IncludedMessage> entries) {
        for (IncludedMessage message : entries) {
            int member = message.ordinal();
            if (member < 0 || member >= sequences.length) {
                throw new ChainMismatchException(
                        "message", round, "a message is from member " + member + ", which does not exist");
            }
            if (sequences[member] != UNKNOWN && !follows(member, message.sequence())) {
                throw new ChainMismatchException(
                        "message",
                        round,
                        "message " + message.sequence() + " of member " + member + " comes after message "
                                + sequences[member]);
            }
            followed.set(member, round >= firstWhole);
            sequences[member] = message.sequence();
            heads[member] = message.digest();
            lastRounds[member] = Math.max(lastRounds[member], message.round());
        }
        messages += entries.size();
    }

    private boolean follows(int member, long sequence) {
        boolean isNext = firstWhole == 0 || followed.get(member);
        return isNext ? sequence == sequences[member] + 1 : sequence > sequences[member];
    }

    /** Returns how many messages were added. */
    long messages() {
        return messages;
    }

    /** Compares the stored chains of members, starting at an ordinal. */
    void require(int from, List<MemberTable.Chain> stored) {
        for (int i = 0; i < stored.size(); i++) {
            int member = from + i;
            if (!fits(member, stored.get(i))) {
                throw new ChainMismatchException(
                        "member_chain",
                        Math.max(0, lastRounds[member]),
                        "the chain of member " + member + " is at message "
                                + stored.get(i).sequence() + " of round "
                                + stored.get(i).lastRound() + ", but its messages end with message "
                                + sequences[member] + " of round " + lastRounds[member]);
            }
        }
    }

    /**
     * Returns whether a stored chain matches the messages. Its last round may be later than that of the
     * newest message, since a late message may be for an earlier round than its predecessor, which was not
     * read.
     */
    private boolean fits(int member, MemberTable.Chain stored) {
        boolean isRoundRight =
                isWhole ? stored.lastRound() == lastRounds[member] : stored.lastRound() >= lastRounds[member];
        return sequences[member] == UNKNOWN
                || (stored.ordinal() == member
                        && stored.sequence() == sequences[member]
                        && stored.head() == heads[member]
                        && isRoundRight);
    }
}
