package io.evenkeel.coordinator.member;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The table {@code lost_messages}: messages for which devices have receipts but which the run does not have, because
 * its database was restored to an earlier state. Works in the caller's transaction.
 */
@Component
public class LostMessageTable {

    /** The lost messages of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "lost_messages",
            "run_id",
            "FROM lost_messages t WHERE t.run_id = ? ORDER BY t.ordinal, t.sequence",
            whole("ordinal"),
            whole("sequence"),
            whole("receipt"),
            whole("first_round"),
            whole("last_round"),
            time("reported_at"));

    private final JdbcClient jdbc;

    LostMessageTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A summary of the devices' reports for a run.
     *
     * @param messages the number of lost messages
     * @param devices the number of members that reported them
     * @param firstRound the first round that they may belong to
     * @param lastRound the last round that they may belong to
     * @param reportedAt when the newest report arrived
     */
    public record Summary(long messages, int devices, int firstRound, int lastRound, Instant reportedAt) {}

    /** Returns whether a member has already reported losses after one of its messages. */
    public boolean has(long run, int ordinal, long sequence) {
        return jdbc.sql("SELECT COUNT(*) FROM lost_messages WHERE run_id = ? AND ordinal = ? AND sequence = ?")
                        .params(run, ordinal, sequence)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * Stores a report.
     *
     * @param receipt the number of the newest message that the device has a receipt for
     * @param lastRound the round of that message
     */
    public void insert(long run, Member member, long receipt, int lastRound, Instant now) {
        jdbc.sql("INSERT INTO lost_messages (run_id, ordinal, sequence, receipt, first_round, last_round, reported_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .params(
                        run,
                        member.ordinal(),
                        member.sequence(),
                        receipt,
                        member.lastRound() + 1,
                        lastRound,
                        Timestamps.of(now))
                .update();
    }

    /**
     * The devices' reports for a run that a reader may see.
     *
     * @param run its name
     * @param summary the lost messages
     */
    public record Loss(String run, Summary summary) {}

    /** Returns the lost messages of runs with a report after a given time, newest report first. */
    public List<Loss> since(Instant since, int limit) {
        return jdbc.sql("SELECT SUM(l.receipt - l.sequence), COUNT(DISTINCT l.ordinal), MIN(l.first_round),"
                        + " MAX(l.last_round), MAX(l.reported_at) AS newest, r.name FROM lost_messages l JOIN run r ON r.id ="
                        + " l.run_id WHERE r.deleted_at IS NULL GROUP BY r.id, r.name HAVING MAX(l.reported_at) > ? ORDER BY"
                        + " newest DESC LIMIT ?")
                .params(Timestamps.of(since), limit)
                .query((row, i) -> new Loss(row.getString(6), summary(row, 0)))
                .list();
    }

    private static Summary summary(ResultSet row, int before) throws SQLException {
        return new Summary(
                row.getLong(before + 1),
                row.getInt(before + 2),
                row.getInt(before + 3),
                row.getInt(before + 4),
                Timestamps.get(row, before + 5));
    }

    /** Returns the lost messages of the given runs, by run key; omits runs without reports. */
    public Map<Long, Summary> summaries(Collection<Long> runs) {
        return jdbc
                .sql("SELECT run_id, SUM(receipt - sequence), COUNT(DISTINCT ordinal), MIN(first_round),"
                        + " MAX(last_round), MAX(reported_at) FROM lost_messages WHERE run_id IN (SELECT wanted.run"
                        + " FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS wanted(run)) GROUP BY run_id")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .query((row, i) -> Map.entry(row.getLong(1), summary(row, 1)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
