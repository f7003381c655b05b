package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.run.RunState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What metrics need to know of runs, without their definitions, which may be long. */
@Component
class RunFigureQueries {

    private static final String COLUMNS =
            "SELECT id, name, state, round_number, opened_at, accepted, extended FROM run ";

    private final JdbcClient jdbc;

    RunFigureQueries(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A run's row, as far as it matters here. */
    record RunRow(long id, String name, RunState state, int round, Instant openedAt, int accepted, int extended) {}

    /** Returns the runs that are under way, the oldest first. */
    List<RunRow> underWay() {
        return jdbc.sql(COLUMNS + "WHERE state IN ('RUNNING', 'PAUSED') ORDER BY id")
                .query((row, i) -> row(row))
                .list();
    }

    Optional<RunRow> started(long run) {
        return jdbc.sql(COLUMNS + "WHERE id = ? AND opened_at IS NOT NULL")
                .param(run)
                .query((row, i) -> row(row))
                .optional();
    }

    /** Returns how many runs are in each state; those in none are left out. */
    Map<RunState, Long> states() {
        return jdbc
                .sql("SELECT state, COUNT(*) FROM run GROUP BY state")
                .query((row, i) -> Map.entry(RunState.valueOf(row.getString(1)), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    int members(long run, int round) {
        return jdbc.sql("SELECT COUNT(*) FROM member WHERE run_id = ? AND active_from <= ?"
                        + " AND (left_after IS NULL OR left_after >= ?)")
                .params(run, round, round)
                .query(Integer.class)
                .single();
    }

    private static RunRow row(ResultSet row) throws SQLException {
        return new RunRow(
                row.getLong(1),
                row.getString(2),
                RunState.valueOf(row.getString(3)),
                row.getInt(4),
                row.getObject(5, OffsetDateTime.class).toInstant(),
                row.getInt(6),
                row.getInt(7));
    }
}
