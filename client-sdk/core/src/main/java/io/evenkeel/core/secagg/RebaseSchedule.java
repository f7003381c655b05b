package io.evenkeel.core.secagg;

/**
 * Resets the sum S and all g_i to zero at the first round of each epoch. The contribution of a device that left or lost
 * its state remains in S until then. Both sides compute this from round numbers only.
 *
 * @param every the number of rounds in an epoch, at least 1
 */
public record RebaseSchedule(int every) {

    /** Checks the range. */
    public RebaseSchedule {
        if (every < 1) {
            throw new IllegalArgumentException("rebaseEvery is " + every + ", expected at least 1");
        }
    }

    /** Returns the epoch of a round: {@code round} div {@code every}. */
    public int epoch(int round) {
        return round / every;
    }

    /** Returns whether the coordinator clears S before it adds the cohort of this round. */
    public boolean clearsSum(int round) {
        return round > 0 && round % every == 0;
    }

    /**
     * Returns whether a device clears g_i before it computes its message.
     *
     * @param lastRound the round of its last message in the sum, -1 if there is none
     * @param round the round of the new message
     */
    public boolean clearsOwn(int lastRound, int round) {
        return lastRound >= 0 && epoch(lastRound) != epoch(round);
    }
}
