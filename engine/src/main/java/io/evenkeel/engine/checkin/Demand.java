package io.evenkeel.engine.checkin;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.run.RunState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The number of devices that an offer needs, and the time for it. Immutable.
 *
 * @param devices the number of devices that must check in during each period; {@link Long#MAX_VALUE} for all admitted
 * devices
 * @param period the period, such as the expected duration of a round; zero for as soon as possible
 */
public record Demand(long devices, Duration period) {

    /** The demand for all admitted devices as soon as possible. */
    public static final Demand ALL_NOW = new Demand(Long.MAX_VALUE, Duration.ZERO);

    /** Requests twice as many check-ins as are needed, because some devices decline, fail or are late. */
    private static final int SPARE = 2;

    /**
     * Returns the demand of a run. Each member must check once in each round whether it is drawn; without a
     * draw, enough members must check in to fill the round. A period is the mean duration of the rounds so
     * far; before the first has closed, the maximum duration.
     *
     * @param round the open round
     * @param startedAt the time when round 0 was opened, null before the start
     * @param openedAt the time when the open round was opened, null before the start
     * @param next the rules that the next round follows
     * @param choosesMembers whether the run's definition chooses members for a round, in addition to sampling
     */
    public static Demand ofRun(
            RunState state,
            int round,
            @Nullable Instant startedAt,
            @Nullable Instant openedAt,
            RoundRules next,
            boolean choosesMembers) {
        if (state == RunState.CREATED) {
            return ALL_NOW;
        }
        boolean takesAll = next.sampling() < 1 || choosesMembers || next.maxParticipants() == Integer.MAX_VALUE;
        Duration longest = next.maxTime();
        Duration mean = round == 0 || startedAt == null || openedAt == null
                ? longest
                : Duration.between(startedAt, openedAt).dividedBy(round);
        return new Demand(
                takesAll ? Long.MAX_VALUE : next.maxParticipants(), mean.compareTo(longest) > 0 ? longest : mean);
    }

    /**
     * Returns the interval at which each admitted device should check in.
     *
     * @param admitted the number of admitted devices
     */
    public Duration every(double admitted) {
        double turns = Math.max(1, admitted / devices);
        return Duration.ofMillis((long) Math.min(Long.MAX_VALUE / 2.0, period.toMillis() * turns / SPARE));
    }
}
