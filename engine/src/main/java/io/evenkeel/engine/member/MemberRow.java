package io.evenkeel.engine.member;

/**
 * A row of the table {@code member} with its {@code member_chain}, without the fields that only operators read.
 *
 * @param id its key
 * @param client the client
 * @param ordinal its ordinal
 * @param activeFrom the first round it takes part in
 * @param leftAfter the last round it takes part in, {@link Integer#MAX_VALUE} for no end
 * @param lastRound the newest round it has answered, -1 for none
 * @param sequence number of its accepted messages
 * @param head digest of the last of them, 0 for none
 */
public record MemberRow(
        long id, String client, int ordinal, int activeFrom, int leftAfter, int lastRound, long sequence, long head) {

    /** Returns whether the member takes part in a round and has not answered it. */
    public boolean mayAnswer(int round) {
        return round > lastRound && activeFrom <= round && leftAfter > round;
    }

    /** Returns whether it is to end with the open round, or has ended. */
    public boolean hasLeft() {
        return leftAfter != Integer.MAX_VALUE;
    }

    /** Returns whether the membership is over while a round is open; the open round is -1 before the start. */
    public boolean isGone(int openRound) {
        return leftAfter < openRound || leftAfter < activeFrom;
    }
}
