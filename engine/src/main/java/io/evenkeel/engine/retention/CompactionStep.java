package io.evenkeel.engine.retention;

import java.util.List;
import java.util.OptionalInt;

/**
 * Limits a step of compaction, so that closing a round and accepting messages wait for it only briefly. Each step makes
 * progress, however large a member or a round is.
 */
public final class CompactionStep {

    /** The number of messages after which a step ends. */
    public static final int MESSAGES = 2000;

    /** The maximum bytes of the vectors in a step that does not reserve memory; one vector may be larger. */
    private static final int VECTOR_BYTES = 4 << 20;

    private static final int ROUNDS = 100;

    private CompactionStep() {}

    /** Returns the maximum number of members in a step of a run with d parameters. */
    public static int members(int d) {
        return (int) Math.max(1, Math.min(MESSAGES, VECTOR_BYTES / vectorBytes(d)));
    }

    /**
     * Returns how many members a step covers; at least one if there is one.
     *
     * @param messages the numbers of messages of the next members
     */
    public static int membersWithin(List<Long> messages) {
        int count = 0;
        long left = MESSAGES;
        while (count < messages.size() && left > 0) {
            left -= messages.get(count);
            count++;
        }
        return count;
    }

    /**
     * Returns whether a step must reserve memory from its run's share. A small amount is not reserved, since closing
     * rounds needs that share.
     */
    public static boolean reservesMemory(int members, int d) {
        return members * vectorBytes(d) > VECTOR_BYTES;
    }

    /**
     * Returns the first round after a step that drops whole rounds; at least one closed round if there is one.
     *
     * @param from the first round of the step
     * @param full the round of the first message that is too many for the step; empty if there is none
     * @param openRound the number of the open round
     */
    public static int roundsBefore(int from, OptionalInt full, int openRound) {
        int to = Math.min(Math.max(full.orElse(Integer.MAX_VALUE), from + 1), from + ROUNDS);
        return Math.min(to, openRound);
    }

    private static long vectorBytes(int d) {
        return (long) Double.BYTES * d;
    }
}
