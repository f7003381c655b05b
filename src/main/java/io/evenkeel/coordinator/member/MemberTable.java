package io.evenkeel.coordinator.member;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.member.MemberRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Accesses the tables {@code member} and {@code member_chain} with JDBC when messages are accepted;
 * operators' requests use {@link Member}. Works in the caller's transaction; methods that change rows need
 * the run's lock.
 */
@Component
public class MemberTable {

    /** The members of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "member",
            "run_id",
            "FROM member t JOIN member_chain c ON c.member_id = t.id WHERE t.run_id = ? ORDER BY t.ordinal",
            whole("ordinal"),
            text("client_id"),
            real("weight"),
            real("pending_weight"),
            whole("active_from"),
            whole("left_after"),
            whole("sequence").from("c.sequence"),
            whole("head").from("c.head"),
            whole("last_round").from("c.last_round"),
            time("joined_at"));

    /**
     * Finds the memberships of an array of clients in a run. Does not use IN, because H2 compares each row of
     * the index with the whole list. Uses outer joins, because H2 would start an inner join from the table of
     * members.
     */
    static final String OF_CLIENTS = "SELECT m.id, m.client_id, m.ordinal, m.active_from, COALESCE(m.left_after, "
            + Integer.MAX_VALUE
            + "), c.last_round, c.sequence, c.head FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS sender(id)"
            + " LEFT JOIN member m ON m.run_id = ? AND m.client_id = sender.id"
            + " LEFT JOIN member_chain c ON c.member_id = m.id ORDER BY m.ordinal";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final SnapshotStore snapshots;

    MemberTable(JdbcTemplate jdbc, SnapshotStore snapshots) {
        this.snapshots = snapshots;
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /**
     * The next message in a member's chain.
     *
     * @param member key of the membership
     * @param sequence its number
     * @param digest its digest
     * @param round the round it answers
     * @param bytes its length
     */
    public record Link(long member, long sequence, long digest, int round, int bytes) {}

    /** Returns the memberships of the given clients in a run, oldest first. */
    public List<MemberRow> of(long run, Collection<String> clients) {
        return jdbc
                .sql(OF_CLIENTS)
                .param(new SqlArrayValue("VARCHAR", clients.toArray()))
                .param(run)
                .query((row, i) -> row.getObject(1) == null ? Optional.<MemberRow>empty() : Optional.of(row(row)))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Appends messages to their senders' chains in order.
     *
     * @throws IllegalStateException if a chain is already ahead of its next message
     */
    public void append(long run, List<Link> links) {
        // One statement per message, because a client may have several messages in the batch.
        List<Object[]> parameters = links.stream()
                .map(link -> new Object[] {
                    link.sequence(), link.digest(), link.round(), link.bytes(), link.member(), link.sequence()
                })
                .toList();
        int[] changed = batches.batchUpdate(
                "UPDATE member_chain SET sequence = ?, head = ?, last_round = GREATEST(last_round, ?),"
                        + " bytes = bytes + ? WHERE member_id = ? AND sequence < ?",
                parameters);
        for (int count : changed) {
            if (count == 0) {
                throw new IllegalStateException("a chain moved although its run is locked: run " + run);
            }
        }
    }

    /** Returns the distinct clients that are or were members of a run. */
    public List<String> clients(long run) {
        return jdbc.sql("SELECT DISTINCT client_id FROM member WHERE run_id = ?")
                .param(run)
                .query(String.class)
                .list();
    }

    /** Returns the ordinals of the members that left before a round. */
    public Set<Integer> leftBefore(long run, int round) {
        return jdbc.sql("SELECT ordinal FROM member WHERE run_id = ? AND left_after < ?")
                .params(run, round)
                .query(Integer.class)
                .set();
    }

    /**
     * The position of a member's chain.
     *
     * @param ordinal the member's ordinal
     * @param sequence the number of accepted messages
     * @param head the digest of the last one, 0 if there is none
     * @param lastRound the newest round it has answered, -1 if there is none
     */
    public record Chain(int ordinal, long sequence, long head, int lastRound) {}

    /** Returns the chains of the members with {@code from <= ordinal < to}, in the order of the ordinals. */
    public List<Chain> chains(long run, int from, int to) {
        return jdbc.sql(
                        "SELECT m.ordinal, c.sequence, c.head, c.last_round FROM member m JOIN member_chain c"
                                + " ON c.member_id = m.id WHERE m.run_id = ? AND m.ordinal >= ? AND m.ordinal < ? ORDER BY m.ordinal")
                .params(run, from, to)
                .query((row, i) -> new Chain(row.getInt(1), row.getLong(2), row.getLong(3), row.getInt(4)))
                .list();
    }

    /**
     * Returns the number of ordinals that a run has assigned; the next member gets this number as its
     * ordinal.
     */
    public int ordinals(long run) {
        return jdbc.sql("SELECT ordinal FROM member WHERE run_id = ? ORDER BY run_id DESC, ordinal DESC"
                        + " FETCH FIRST 1 ROW ONLY")
                .param(run)
                .query(Integer.class)
                .optional()
                .map(ordinal -> ordinal + 1)
                .orElse(0);
    }

    /**
     * The messages of a member that are no longer needed: all but the last one, which the member may send
     * again.
     *
     * @param member key of the membership
     * @param ordinal its ordinal
     * @param upTo the number of the last such message
     * @param before a round later than the rounds in which these messages were added
     */
    public record Unneeded(long member, int ordinal, long upTo, int before) {}

    /**
     * Returns the messages of members that are no longer needed.
     *
     * @param members keys of memberships
     * @param inSnapshots whether a message can be unneeded only if a snapshot contains it
     */
    public Map<Long, Unneeded> unneeded(Collection<Long> members, boolean inSnapshots) {
        // Uses outer joins so that H2 joins the tables in this order.
        return jdbc
                .sql(
                        "SELECT wanted.id, m.ordinal, c.sequence - 1, COALESCE(s.sequence, 0), COALESCE(s.compacted_to, -1)"
                                + " FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS wanted(id)"
                                + " LEFT JOIN member m ON m.id = wanted.id"
                                + " LEFT JOIN member_chain c ON c.member_id = wanted.id"
                                + " LEFT JOIN member_snapshot s ON s.member_id = wanted.id")
                .param(new SqlArrayValue("BIGINT", members.stream().distinct().toArray()))
                .query((row, i) -> new Unneeded(
                        row.getLong(1),
                        row.getInt(2),
                        inSnapshots ? Math.min(row.getLong(3), row.getLong(4)) : row.getLong(3),
                        inSnapshots ? row.getInt(5) + 1 : Integer.MAX_VALUE))
                .stream()
                .collect(Collectors.toMap(Unneeded::member, Function.identity()));
    }

    /** Inserts an exported member and its chain, and returns the membership's key. */
    public long insert(long run, ExportedRow member) {
        long id = EXPORTED.insertForId(batches, member, run);
        batches.update(
                "INSERT INTO member_chain (member_id, sequence, head, last_round) VALUES (?, ?, ?, ?)",
                id,
                member.get("sequence"),
                member.get("head"),
                member.get("last_round"));
        return id;
    }

    /** Returns the oldest run that has or had a client as a member; empty if there is none. */
    public Optional<String> runOf(String client) {
        return jdbc.sql("SELECT r.name FROM run r WHERE r.deleted_at IS NULL AND EXISTS (SELECT 1 FROM member m"
                        + " WHERE m.run_id = r.id AND m.client_id = ?) ORDER BY r.id FETCH FIRST 1 ROW ONLY")
                .param(client)
                .query(String.class)
                .optional();
    }

    /**
     * Deletes members of a run whose messages are deleted, up to a limit; returns the number of deleted
     * members.
     */
    public int delete(long run, int limit) {
        List<Long> ids = jdbc.sql("SELECT id FROM member WHERE run_id = ? FETCH FIRST " + limit + " ROWS ONLY")
                .param(run)
                .query(Long.class)
                .list();
        if (!ids.isEmpty()) {
            snapshots.delete(ids);
        }
        List<Object[]> keys = ids.stream().map(id -> new Object[] {id}).toList();
        batches.batchUpdate("DELETE FROM member_chain WHERE member_id = ?", keys);
        batches.batchUpdate("DELETE FROM member WHERE id = ?", keys);
        return keys.size();
    }

    /** Sets the total length of each member's messages, by the member's key. */
    public void setBytes(Map<Long, Long> bytes) {
        batches.batchUpdate(
                "UPDATE member_chain SET bytes = ? WHERE member_id = ?",
                bytes.entrySet().stream()
                        .map(member -> new Object[] {member.getValue(), member.getKey()})
                        .toList());
    }

    private static MemberRow row(ResultSet row) throws SQLException {
        return new MemberRow(
                row.getLong(1),
                row.getString(2),
                row.getInt(3),
                row.getInt(4),
                row.getInt(5),
                row.getInt(6),
                row.getLong(7),
                row.getLong(8));
    }
}
