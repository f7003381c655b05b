package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.platform.storage.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code run} for acceptance, metrics and leases, which read or write a few columns often. It uses JDBC, which takes a
 * fraction of the time of JPA; what an operator reads and changes is a {@link Run}. Works in the caller's transaction.
 */
@Component
public class RunTable {

    private static final String SELECT =
            "SELECT id, name, state, closing, round_number, opened_at, accepted, extended FROM run ";

    private final JdbcClient jdbc;
    private final Dialect dialect;

    RunTable(JdbcClient jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
    }

    /** Locks a run until the transaction ends, and returns its row. */
    public RunRow lock(long run) {
        return jdbc.sql(SELECT + "WHERE id = ? " + dialect.rowLock())
                .param(run)
                .query((row, i) -> row(row))
                .single();
    }

    /** Counts messages that were accepted into the open round. */
    public void countAccepted(long run, int messages) {
        jdbc.sql("UPDATE run SET accepted = accepted + ? WHERE id = ?")
                .params(messages, run)
                .update();
    }

    /** Returns the runs under way, the oldest first. */
    public List<RunRow> underWay() {
        return jdbc.sql(SELECT + "WHERE state IN ('RUNNING', 'PAUSED') ORDER BY id")
                .query((row, i) -> row(row))
                .list();
    }

    /** Returns a run that has been started. */
    public Optional<RunRow> started(long run) {
        return jdbc.sql(SELECT + "WHERE id = ? AND opened_at IS NOT NULL")
                .param(run)
                .query((row, i) -> row(row))
                .optional();
    }

    /** Returns how many runs are in each state; states without runs are left out. */
    public Map<RunState, Long> states() {
        return jdbc
                .sql("SELECT state, COUNT(*) FROM run GROUP BY state")
                .query((row, i) -> Map.entry(RunState.valueOf(row.getString(1)), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static RunRow row(ResultSet row) throws SQLException {
        OffsetDateTime openedAt = row.getObject(6, OffsetDateTime.class);
        return new RunRow(
                row.getLong(1),
                row.getString(2),
                RunState.valueOf(row.getString(3)),
                row.getBoolean(4),
                row.getInt(5),
                openedAt == null ? null : openedAt.toInstant(),
                row.getInt(7),
                row.getInt(8));
    }
}
