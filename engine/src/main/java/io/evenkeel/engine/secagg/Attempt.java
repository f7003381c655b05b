package io.evenkeel.engine.secagg;

import java.time.Instant;

/**
 * A row of the table {@code secagg_attempt}.
 *
 * @param id its key
 * @param run the run's key
 * @param round the round
 * @param number 0, 1, 2, … in the round
 * @param phase the step that it waits for, or its outcome
 * @param since the time when this phase began
 * @param threshold the number of shares that reveal a secret; 0 until the keys have arrived
 * @param advertised members that sent keys
 * @param sharing members that sent shares
 * @param masked members that sent a vector
 * @param revealed members that revealed shares
 */
public record Attempt(
        long id,
        long run,
        int round,
        int number,
        AttemptPhase phase,
        Instant since,
        int threshold,
        int advertised,
        int sharing,
        int masked,
        int revealed) {

    /**
     * Returns the number of members that must reveal: each member's secret needs the shares of as many others
     * as the threshold.
     */
    public int needed() {
        return threshold + 1;
    }

    /** Returns whether enough members have revealed. */
    public boolean hasEnoughReveals() {
        return revealed >= needed();
    }

    /**
     * Returns the number of members of the cohort that have not taken the step that it waits for; 0 in the
     * first step, before a cohort exists.
     */
    public int missing() {
        return switch (phase) {
            case SHARES -> advertised - sharing;
            case MASKED -> sharing - masked;
            case REVEAL -> masked - revealed;
            case KEYS, DONE, FAILED -> 0;
        };
    }
}
