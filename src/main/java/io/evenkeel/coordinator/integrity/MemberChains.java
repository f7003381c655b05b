package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.run.MemberTable;
import java.util.Arrays;
import java.util.List;

/** Follows the chains of a run's members through the messages of its rounds, in 20 bytes a member. Not thread-safe. */
final class MemberChains {

    private final long[] sequences;
    private final long[] heads;
    private final int[] lastRounds;

    /** Begins before round 0, with so many members. */
    MemberChains(int members) {
        sequences = new long[members];
        heads = new long[members];
        lastRounds = new int[members];
        Arrays.fill(lastRounds, -1);
    }

    /** Adds the messages of the next round, in their order. */
    void add(int round, List<MessageStore.Entry> messages) {
        for (MessageStore.Entry message : messages) {
            int member = message.ordinal();
            if (member < 0 || member >= sequences.length) {
                throw new ChainMismatchException("message", round, "a message is of member " + member + ", who is not there");
            }
            if (message.sequence() != sequences[member] + 1) {
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
            MemberTable.Chain expected =
                    new MemberTable.Chain(member, sequences[member], heads[member], lastRounds[member]);
            if (!stored.get(i).equals(expected)) {
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
}
