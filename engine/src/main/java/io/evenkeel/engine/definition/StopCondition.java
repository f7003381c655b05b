package io.evenkeel.engine.definition;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A condition under which a run stops before its last round.
 *
 * @param reason the reason for stopping
 * @param field the field of the definition that sets it
 * @param figures the figures that devices must report for it
 * @param judge returns the reason, in words, why the run stops after a closed round; null if it continues
 */
record StopCondition(StopReason reason, String field, Figures figures, Function<Closing, @Nullable String> judge) {

    /** The figures that devices report. */
    enum Figures {
        NONE,
        LOSS,
        METRICS
    }

    /**
     * The input for evaluating a condition.
     *
     * @param progress the state after this and earlier rounds
     * @param trend the losses including this round's
     * @param limit the loss above which a round counts as diverged
     * @param round the closed round
     */
    record Closing(StopProgress progress, LossTrend trend, double limit, StopConditions.ClosedRound round) {}

    /** Returns a condition that needs no figures from devices. */
    static StopCondition of(StopReason reason, String field, Function<Closing, @Nullable String> judge) {
        return new StopCondition(reason, field, Figures.NONE, judge);
    }

    /** Formats a number of rounds in words. */
    static String rounds(int count) {
        return count + (count == 1 ? " round" : " rounds");
    }
}
