package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.message.IncludedMessage;
import java.util.Arrays;
import java.util.List;

/**
 * Follows the chains of a run's members through the messages of its rounds, in 20 bytes a member. From a later round than the first on,
 * it knows the chains of those alone who have sent something since. Not thread-safe.
 */
final class MemberChains {

    private static final long UNKNOWN = -1;

    private final boolean isWhole;
    private final long[] sequences;
    private final long[] heads;
    private final int[] lastRounds;

    /** Begins before a round, with the number of members. */
    MemberChains(int members, int from) {
        isWhole = from == 0;
        sequences = new long[members];
        Arrays.fill(sequences, isWhole ? 0 : UNKNOWN);
        heads = new long[members];
        lastRounds = new int[members];
        Arrays.fill(lastRounds, -1);
    }

    /** Adds the messages of the next round, in their order. */
    void add(int round, List<IncludedMessage> messages) {
        for (IncludedMessage message : messages) {
            int member = message.ordinal();
            if (member < 0 || member >= sequences.length) {
                throw new ChainMismatchException(
                        "message", round, "a message is of member " + member + ", who is not there");
            }
            if (sequences[member] != UNKNOWN && message.sequence() != sequences[member] + 1) {
                throw new ChainMismatchException(
                        "message",
                        round,
                        "message " + message.sequence() + " of member " + member + " comes after message "
                                + sequences[member]);
            }
            sequences[member] = message.sequence();
            heads[member] = message.digest();
            lastRounds[member] = Math.max(lastRounds[member], message.round());
        }
    }

    /** Compares with what is stored of the members with the ordinals from one on. */
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

    /** A stale message may be for an earlier round than one before it, which was not read. */
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
