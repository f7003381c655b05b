package io.evenkeel.coordinator.platform.time;

import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Corrects rows with a start and an end, such as tokens, that were written while the clock was ahead. Once
 * the clock is right again, the rows get their intended duration. Thread-safe; several replicas may correct
 * rows at once.
 */
public interface ClockCorrection {

    /**
     * The tolerated difference: replicas' clocks may differ, and the newest time is stored only once a
     * minute.
     */
    Duration TOLERANCE = Duration.ofMinutes(5);

    /**
     * Moves rows that start in the future back in time.
     *
     * @param now the newest time that the installation has seen
     */
    void correct(Instant now);

    /**
     * Makes rows that start in the future start now, and end correspondingly earlier.
     *
     * @param begin the column with the start time
     * @param end the column with the end time; rows without one are not changed
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
