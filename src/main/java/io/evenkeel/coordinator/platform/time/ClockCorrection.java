package io.evenkeel.coordinator.platform.time;

import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows with a time from which they count and one at which they end, such as tokens: rows that were written while the clock was ahead are
 * corrected once it is right again, so that they last as long as they were made for. Thread-safe; several replicas may correct them at
 * once.
 */
public interface ClockCorrection {

    /** The difference that is none of a clock that was ahead: replicas' clocks may differ, and the newest time is stored once a minute. */
    Duration TOLERANCE = Duration.ofMinutes(5);

    /**
     * Moves the rows back that begin in the future.
     *
     * @param now the newest time that the installation has seen
     */
    void correct(Instant now);

    /**
     * Lets rows that begin in the future begin now, and end as much earlier.
     *
     * @param begin the column with the time from which they count
     * @param end the column with the time at which they end; rows without one stay as they are
     */
    static void moveBack(JdbcClient jdbc, String table, String begin, String end, Instant now) {
        record Times(Instant begin, Instant end) {}
        jdbc.sql("SELECT DISTINCT " + begin + ", " + end + " FROM " + table + " WHERE " + begin + " > ? AND " + end
                        + " IS NOT NULL")
                .param(Timestamps.of(now.plus(TOLERANCE)))
                .query((row, i) -> new Times(Timestamps.get(row, 1), Timestamps.get(row, 2)))
                .list()
                .forEach(times -> jdbc.sql("UPDATE " + table + " SET " + begin + " = ?, " + end + " = ? WHERE " + begin
                                + " = ? AND " + end + " = ?")
                        .params(
                                Timestamps.of(now),
                                Timestamps.of(now.plus(Duration.between(times.begin(), times.end()))),
                                Timestamps.of(times.begin()),
                                Timestamps.of(times.end()))
                        .update());
    }
}
