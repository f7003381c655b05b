package io.evenkeel.coordinator.telemetry;

import io.evenkeel.core.smoothness.Envelope;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.round.RoundRecord;
import io.evenkeel.engine.run.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The values of a run's gauges.
 *
 * @param state the run's state
 * @param stopReason why the run ended or paused automatically, null if it did not
 * @param round the open round
 * @param limit how long a round stays open unless it is extended
 * @param openedAt when the open round was opened, which is when the previous one was closed
 * @param accepted the number of messages accepted into the open round
 * @param extended how often the open round was extended
 * @param stalled whether a running run makes no progress
 * @param members the number of members in the open round
 * @param last the last closed round, null before the first
 * @param smoothness the estimate of L0 and L1, null if there is none
 * @param estimatedIn the open round at the time of the estimate
 * @param epsilon the epsilon spent by the device with the most messages; NaN without privacy
 */
record RunGaugeValues(
        RunState state,
        @Nullable StopReason stopReason,
        int round,
        Duration limit,
        Instant openedAt,
        int accepted,
        int extended,
        boolean stalled,
        int members,
        @Nullable RoundRecord last,
        Envelope.@Nullable Line smoothness,
        int estimatedIn,
        double epsilon) {

    /** Returns the values after a round was closed, if nothing else has changed. */
    RunGaugeValues closed(RoundRecord record) {
        return new RunGaugeValues(
                state,
                stopReason,
                record.round() + 1,
                limit,
                record.closedAt(),
                0,
                0,
                false,
                record.members(),
                record,
                smoothness,
                estimatedIn,
                epsilon);
    }

    /** Returns the values after the run's end. */
    RunGaugeValues over(RunState ending, @Nullable StopReason reason) {
        return new RunGaugeValues(
                ending,
                reason,
                round,
                limit,
                openedAt,
                accepted,
                extended,
                false,
                members,
                last,
                smoothness,
                estimatedIn,
                epsilon);
    }

    /** Returns a figure of the last closed round; NaN before the first, or if no device reported it. */
    double ofLast(ToDoubleFunction<RoundRecord> figure) {
        return last == null ? Double.NaN : figure.applyAsDouble(last);
    }

    double l0() {
        return smoothness == null ? Double.NaN : smoothness.l0();
    }

    double l1() {
        return smoothness == null ? Double.NaN : smoothness.l1();
    }

    double openedAtSeconds() {
        return openedAt.toEpochMilli() / 1000.0;
    }

    static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
