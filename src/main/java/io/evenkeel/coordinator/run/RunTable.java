package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.flag;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import io.evenkeel.engine.definition.StopReason;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The table {@code run} for acceptance, metrics and leases, which frequently read or write a few columns. It uses JDBC,
 * which takes a fraction of the time of JPA; operators' requests use {@link Run}. Works in the caller's transaction.
 */
@Component
public class RunTable {

    /** A run; the query's parameter is its key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "run",
            "lease_epoch",
            "FROM run t WHERE t.id = ?",
            text("name"),
            text("definition"),
            text("state"),
            flag("closing"),
            whole("round_number"),
            time("created_at"),
            time("opened_at"),
            time("deadline"),
            time("paused_at"),
            whole("accepted"),
            whole("extended"),
            flag("stationary"),
            text("message"),
            time("started_at"),
            text("stop_reason"),
            real("best_value"),
            whole("best_round"),
            whole("diverged_rounds"),
            whole("total_bytes"),
            whole("events"));

    private static final String SELECT =
            "SELECT id, name, state, closing, round_number, opened_at, accepted, extended, open_revision, stop_reason,"
                    + " deadline FROM run ";

    private static final String SNAPSHOT =
            "SELECT r.id, r.name, r.state, r.round_number, r.accepted, r.extended, r.deadline, r.message, r.revision,"
                    + " r.open_revision, r.events, r.closing, r.started_at, r.opened_at";

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final Dialect dialect;

    RunTable(JdbcTemplate template, Dialect dialect) {
        this.template = template;
        this.jdbc = JdbcClient.create(template);
        this.dialect = dialect;
    }

    /**
     * Locks a run until the transaction ends, and returns its row.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code run-not-found} if it was deleted
     */
    public RunRow lock(long run) {
        return jdbc.sql(SELECT + "WHERE id = ? AND deleted_at IS NULL " + dialect.rowLock())
                .param(run)
                .query((row, i) -> row(row))
                .optional()
                .orElseThrow(RunRepository::deleted);
    }

    /**
     * Returns a run's row, without a lock.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code run-not-found} if it was deleted
     */
    public RunRow get(long run) {
        return jdbc.sql(SELECT + "WHERE id = ? AND deleted_at IS NULL")
                .param(run)
                .query((row, i) -> row(row))
                .optional()
                .orElseThrow(RunRepository::deleted);
    }

    /** Counts messages that were accepted into the open round. */
    public void countAccepted(long run, int messages) {
        jdbc.sql("UPDATE run SET accepted = accepted + ? WHERE id = ?")
                .params(messages, run)
                .update();
    }

    /** Returns the active runs, the oldest first. */
    public List<RunRow> underWay() {
        return jdbc.sql(SELECT + "WHERE state IN ('RUNNING', 'PAUSED') ORDER BY id")
                .query((row, i) -> row(row))
                .list();
    }

    /** Returns a run that has been started. */
    public Optional<RunRow> started(long run) {
        return jdbc.sql(SELECT + "WHERE id = ? AND opened_at IS NOT NULL AND deleted_at IS NULL")
                .param(run)
                .query((row, i) -> row(row))
                .optional();
    }

    /** Returns the state and round of runs; unknown ones are left out. */
    public List<RunSnapshot> snapshots(Collection<Long> runs) {
        return jdbc.sql(SNAPSHOT
                        + " FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS wanted(run) JOIN run r ON r.id = wanted.run"
                        + " AND r.deleted_at IS NULL")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .query((row, i) -> run(row))
                .list();
    }

    /** Returns the state and round of the runs that devices can join or work for, the oldest first. */
    public List<RunSnapshot> open() {
        return jdbc.sql(SNAPSHOT + " FROM run r WHERE r.state IN ('CREATED', 'RUNNING') ORDER BY r.id")
                .query((row, i) -> run(row))
                .list();
    }

    private static RunSnapshot run(ResultSet row) throws SQLException {
        return new RunSnapshot(
                row.getLong(1),
                row.getString(2),
                RunState.valueOf(row.getString(3)),
                row.getBoolean(12),
                row.getInt(4),
                row.getInt(5),
                row.getInt(6),
                Timestamps.getNullable(row, 7),
                row.getString(8),
                row.getInt(9),
                row.getInt(10),
                Timestamps.getNullable(row, 13),
                Timestamps.getNullable(row, 14),
                row.getLong(11));
    }

    /** Returns the keys of all runs, the oldest first. */
    public List<Long> keys() {
        return jdbc.sql("SELECT id FROM run WHERE deleted_at IS NULL ORDER BY id")
                .query(Long.class)
                .list();
    }

    /**
     * Returns a run whose hash chain was last checked before a time, or never, and marks it as checked now; empty if
     * there is none. A last check in the future is ignored.
     */
    public OptionalLong takeUnchecked(Instant before, Instant now) {
        String due = "(chain_checked_at IS NULL OR chain_checked_at < :before OR chain_checked_at > :now)";
        Optional<Long> run = jdbc.sql("SELECT id FROM run WHERE " + due + " ORDER BY id FETCH FIRST 1 ROW ONLY")
                .param("before", Timestamps.of(before))
                .param("now", Timestamps.of(now))
                .query(Long.class)
                .optional();
        run.ifPresent(id -> markChecked(id, now));
        return run.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** Stores when a run's hash chain was checked. */
    public void markChecked(long run, Instant now) {
        jdbc.sql("UPDATE run SET chain_checked_at = ? WHERE id = ?")
                .params(Timestamps.of(now), run)
                .update();
    }

    /** Returns the encoded set of members that have missed rounds; empty if there is none. */
    public Optional<byte[]> missedRounds(long run) {
        return jdbc.sql("SELECT missed_rounds FROM run WHERE id = ? AND missed_rounds IS NOT NULL")
                .param(run)
                .query((row, i) -> Objects.requireNonNull(Blobs.read(row, 1)))
                .optional();
    }

    /** Stores the encoded set of members that have missed rounds; null if there is none. */
    public void setMissedRounds(long run, byte @Nullable [] missed) {
        jdbc.sql("UPDATE run SET missed_rounds = " + (missed == null ? "NULL" : "?") + " WHERE id = ?")
                .params(missed == null ? List.of(run) : List.of(Blobs.parameter(missed), run))
                .update();
    }

    /** Returns how many runs do not match their hash chains. */
    public int distrusted() {
        return jdbc.sql("SELECT COUNT(*) FROM run WHERE chain_fault IS NOT NULL")
                .query(Integer.class)
                .single();
    }

    /** Returns how many runs are in each state; states without runs are left out. */
    public Map<RunState, Long> states() {
        return jdbc
                .sql("SELECT state, COUNT(*) FROM run WHERE deleted_at IS NULL GROUP BY state")
                .query((row, i) -> Map.entry(RunState.valueOf(row.getString(1)), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Inserts an exported run, and returns its key. A running run is inserted as paused at the time of the export, so
     * that resuming it moves its deadline by the time in between. The end of a finished run is set to the current time,
     * so that it is not deleted immediately for its age.
     */
    public long insert(ExportedRow exported, Instant exportedAt) {
        ExportedRow inserted = exported.text("state").equals(RunState.RUNNING.name())
                ? exported.with("state", RunState.PAUSED.name()).with("paused_at", Timestamps.of(exportedAt))
                : exported;
        long run = EXPORTED.insertForId(template, inserted, 0L);
        jdbc.sql("UPDATE run SET ended_at = CURRENT_TIMESTAMP WHERE id = ?"
                        + " AND state IN ('FINISHED', 'CANCELLED', 'FAILED')")
                .param(run)
                .update();
        return run;
    }

    /** Returns whether a run has a name, including a deleted run that still has rows. */
    public boolean isTaken(String name) {
        return !jdbc.sql("SELECT id FROM run WHERE name = ?")
                .param(name)
                .query(Long.class)
                .list()
                .isEmpty();
    }

    /** Returns up to {@code limit} names of runs that ended before a time, sorted, starting after a given name. */
    public List<String> endedBefore(Instant time, String after, int limit) {
        return jdbc.sql("SELECT name FROM run WHERE deleted_at IS NULL AND ended_at < ? AND name > ? ORDER BY name"
                        + " FETCH FIRST ? ROWS ONLY")
                .params(Timestamps.of(time), after, limit)
                .query(String.class)
                .list();
    }

    /**
     * A deleted run that still has rows.
     *
     * @param id its key
     * @param name its name, which is taken until its last row is deleted
     * @param at when it was deleted
     */
    public record DeletedRun(long id, String name, Instant at) {}

    /** Returns the deleted runs that still have rows, the oldest first. */
    public List<DeletedRun> deleted() {
        return jdbc.sql("SELECT id, name, deleted_at FROM run WHERE deleted_at IS NOT NULL ORDER BY id")
                .query((row, i) -> new DeletedRun(row.getLong(1), row.getString(2), Timestamps.get(row, 3)))
                .list();
    }

    /** Locks a deleted run until the transaction ends; returns whether its row still exists. */
    public boolean lockDeleted(long run) {
        return jdbc.sql("SELECT id FROM run WHERE id = ? AND deleted_at IS NOT NULL " + dialect.rowLock())
                .param(run)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** Deletes the row of a run that has no other rows. */
    public void delete(long run) {
        jdbc.sql("DELETE FROM run WHERE id = ?").param(run).update();
    }

    /** Sets the numbers of the newest revision and of the open round's revision, after an import. */
    void setRevisions(long run, int newest, int open) {
        jdbc.sql("UPDATE run SET revision = ?, open_revision = ? WHERE id = ?")
                .params(newest, open, run)
                .update();
    }

    private static RunRow row(ResultSet row) throws SQLException {
        String stopReason = row.getString(10);
        return new RunRow(
                row.getLong(1),
                row.getString(2),
                RunState.valueOf(row.getString(3)),
                row.getBoolean(4),
                row.getInt(5),
                Timestamps.getNullable(row, 6),
                Timestamps.getNullable(row, 11),
                row.getInt(7),
                row.getInt(8),
                row.getInt(9),
                stopReason == null ? null : StopReason.valueOf(stopReason));
    }
}
