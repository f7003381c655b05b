package io.evenkeel.coordinator.round.record;

import io.evenkeel.engine.run.RunStall;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The forecast of a run.
 *
 * @param stall why it makes no progress, null if it does or is not running
 * @param roundSeconds the duration of a round, from the last 20; null if it is not running or has closed none
 * @param expectedEnd when its last round closes at this pace; null if that is not known, or it has stalled
 */
public record RunForecast(
        @Nullable RunStall stall,
        @Nullable Double roundSeconds,
        @Nullable Instant expectedEnd) {

    /** The forecast of a run that is not running. */
    public static final RunForecast NONE = new RunForecast(null, null, null);

    static RunForecast of(@Nullable RunStall stall, @Nullable RunPace pace, int remaining, Instant now) {
        return pace == null
                ? new RunForecast(stall, null, null)
                : new RunForecast(
                        stall, pace.round(now).toMillis() / 1000.0, stall == null ? pace.end(now, remaining) : null);
    }
}
