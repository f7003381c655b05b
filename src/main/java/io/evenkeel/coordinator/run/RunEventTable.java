package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.run.RunEventType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The table {@code run_event}, for reading, delivering and deleting events. Works in the caller's transaction. */
@Component
public class RunEventTable {

    /** The stored events of a run; the query's parameter is the run's key. Webhooks do not get exported events again. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "run_event",
                    "run_id",
                    "FROM run_event t WHERE t.run_id = ? ORDER BY t.sequence",
                    whole("sequence"),
                    text("type"),
                    whole("round_number"),
                    time("happened_at"),
                    text("detail"))
            .verifiedBy(row -> row.isNamed("type", RunEventType.class));

    private static final int SEARCHED_EVENTS = 100_000;
    private static final int NEWEST_EVENTS = 20_000;

    private static final String SELECT =
            "SELECT e.id, e.run_id, r.name, e.sequence, e.type, e.round_number, e.happened_at, e.detail"
                    + " FROM run_event e JOIN run r ON r.id = e.run_id ";

    private final JdbcClient jdbc;
    private final Dialect dialect;

    RunEventTable(JdbcClient jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
    }

    /** Returns a run's events after a sequence number, in order, up to a limit. */
    public List<LoggedEvent> after(long run, long sequence, int limit) {
        return jdbc.sql(SELECT + "WHERE e.run_id = ? AND e.sequence > ? ORDER BY e.sequence FETCH FIRST ? ROWS ONLY")
                .params(run, sequence, limit)
                .query((row, i) -> event(row))
                .list();
    }

    /**
     * Returns a run's newest events before a sequence number, except openings and closings of rounds, newest first.
     * Searches the newest 100,000 events, because a run can have millions of rounds.
     */
    public List<LoggedEvent> notable(long run, long before, int limit) {
        return jdbc.sql(SELECT + "WHERE e.run_id = ? AND e.sequence < ? AND e.sequence > r.events - ?"
                        + " AND e.type NOT IN (?, ?) ORDER BY e.sequence DESC FETCH FIRST ? ROWS ONLY")
                .params(
                        run,
                        before,
                        SEARCHED_EVENTS,
                        RunEventType.ROUND_OPENED.name(),
                        RunEventType.ROUND_CLOSED.name(),
                        limit)
                .query((row, i) -> event(row))
                .list();
    }

    /**
     * Returns the newest events of all runs that a reader may use, newest first, without rounds that opened, closed or were extended
     * again. Searches the newest 20,000 events.
     */
    public List<LoggedEvent> newest(RunPatterns readers, int limit) {
        return jdbc.sql(SELECT + "WHERE e.id > (SELECT COALESCE(MAX(id), 0) FROM run_event) - " + NEWEST_EVENTS
                        + " AND e.type NOT IN (:routine) AND r.deleted_at IS NULL"
                        + (readers.areAll() ? "" : " AND " + readers.condition("r.name"))
                        + " ORDER BY e.id DESC FETCH FIRST :limit ROWS ONLY")
                .param(
                        "routine",
                        List.of(
                                RunEventType.ROUND_OPENED.name(),
                                RunEventType.ROUND_CLOSED.name(),
                                RunEventType.ROUND_EXTENDED.name()))
                .params(readers.areAll() ? Map.of() : readers.parameters())
                .param("limit", limit)
                .query((row, i) -> event(row))
                .list();
    }

    /** Returns the sequence number of the oldest stored event. */
    public OptionalLong oldest(long run) {
        Long oldest = jdbc.sql("SELECT MIN(sequence) FROM run_event WHERE run_id = ?")
                .param(run)
                .query(Long.class)
                .optional()
                .orElse(null);
        return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest);
    }

    /** Returns the first round with a stored event of a given type and detail. */
    OptionalInt firstWithDetail(long run, RunEventType type) {
        Integer first = jdbc.sql(
                        "SELECT MIN(round_number) FROM run_event WHERE run_id = ? AND type = ? AND detail IS NOT NULL")
                .params(run, type.name())
                .query(Integer.class)
                .optional()
                .orElse(null);
        return first == null ? OptionalInt.empty() : OptionalInt.of(first);
    }

    /** Deletes events from before a time, up to a limit; returns how many. Events that were not yet delivered to webhooks stay. */
    public int deleteBefore(Instant time, int limit) {
        return jdbc.sql("DELETE FROM run_event WHERE id IN (SELECT id FROM run_event"
                        + " WHERE happened_at < ? AND pending = FALSE ORDER BY happened_at FETCH FIRST ? ROWS ONLY)")
                .params(Timestamps.of(time), limit)
                .update();
    }

    /**
     * Locks events for which deliveries to webhooks are still to be created, marks them as done, and returns them, up to a limit.
     * Events that another replica has locked are left out.
     */
    public List<LoggedEvent> takePending(int limit) {
        Object[] ids = jdbc.sql("SELECT id FROM run_event WHERE pending = TRUE ORDER BY id FETCH FIRST ? ROWS ONLY "
                        + dialect.rowLockOfFree())
                .param(limit)
                .query(Long.class)
                .list()
                .toArray();
        if (ids.length == 0) {
            return List.of();
        }
        SqlArrayValue chosen = new SqlArrayValue("BIGINT", ids);
        jdbc.sql("UPDATE run_event SET pending = FALSE WHERE id IN (SELECT * FROM UNNEST(CAST(? AS BIGINT ARRAY)))")
                .param(chosen)
                .update();
        return jdbc.sql(SELECT + "WHERE e.id IN (SELECT * FROM UNNEST(CAST(? AS BIGINT ARRAY))) ORDER BY e.id")
                .param(chosen)
                .query((row, i) -> event(row))
                .list();
    }

    private static LoggedEvent event(ResultSet row) throws SQLException {
        return new LoggedEvent(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                RunEventType.valueOf(row.getString(5)),
                row.getInt(6),
                Timestamps.get(row, 7),
                row.getString(8));
    }
}
