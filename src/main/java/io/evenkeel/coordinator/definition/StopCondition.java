package io.evenkeel.coordinator.definition;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A condition under which a run stops before its last round.
 *
 * @param reason why the run stops then
 * @param field the field of the definition that asks for it
 * @param figures what devices must report for it
 * @param judge tells in words why the run stops with a closed round; null if it goes on
 */
record StopCondition(StopReason reason, String field, Figures figures, Function<Closing, @Nullable String> judge) {

    /** What devices report. */
    enum Figures {
        NONE,
        LOSS,
        METRICS
    }

    /**
     * What a condition is judged from.
     *
     * @param progress what is remembered of earlier rounds and this one
     * @param trend the losses including this round's
     * @param limit the loss above which a round counts as diverged
     * @param round the closed round
     */
    record Closing(StopProgress progress, LossTrend trend, double limit, StopConditions.ClosedRound round) {}

    /** Returns a condition that needs no figures of devices. */
    static StopCondition of(StopReason reason, String field, Function<Closing, @Nullable String> judge) {
        return new StopCondition(reason, field, Figures.NONE, judge);
    }

    /** Returns a number of rounds in words. */
    static String rounds(int count) {
        return count + (count == 1 ? " round" : " rounds");
    }
}
