package io.evenkeel.engine.definition;

import org.jspecify.annotations.Nullable;

/**
 * The state of the stop conditions between rounds.
 *
 * @param bestValue the best value so far of the metric that must improve; null if there is none
 * @param bestRound the round of that value; the first round counted if there is none
 * @param divergedRounds the number of consecutive rounds up to the last one whose loss was far above its best or over
 *     the limit
 * @param totalBytes bytes sent in closed rounds, in both directions
 */
public record StopProgress(@Nullable Double bestValue, int bestRound, int divergedRounds, long totalBytes) {

    /** Before the first round. */
    public static final StopProgress NONE = new StopProgress(null, 0, 0, 0);

    /** Resets the counts of the loss and the metric, starting from a round. Keeps the bytes. */
    public StopProgress restart(int round) {
        return new StopProgress(null, round, 0, totalBytes);
    }
}
