package io.evenkeel.coordinator.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * The tables {@code member} and {@code member_chain} for acceptance, by JDBC; what an operator reads and changes is a {@link Member}.
 * Works in the caller's transaction, under the run's lock.
 */
@Component
public class MemberTable {

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;

    MemberTable(JdbcTemplate jdbc) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /**
     * The next message of a member's chain.
     *
     * @param member key of the membership
     * @param sequence its number
     * @param digest its digest
     * @param round the round it answers
     * @param bytes its length
     */
    public record Link(long member, long sequence, long digest, int round, int bytes) {}

    /** Returns the memberships of some clients in a run, older ones first. */
    public List<MemberRow> of(long run, Collection<String> clients) {
        // Not IN: H2 compares each row of the index with the whole list. Outer joins, because H2 would begin an inner
        // one with the members.
        return jdbc
                .sql("SELECT m.id, m.client_id, m.ordinal, m.active_from, COALESCE(m.left_after, " + Integer.MAX_VALUE
                        + "), c.last_round, c.sequence, c.head FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS sender(id)"
                        + " LEFT JOIN member m ON m.run_id = ? AND m.client_id = sender.id"
                        + " LEFT JOIN member_chain c ON c.member_id = m.id ORDER BY m.ordinal")
                .param(new SqlArrayValue("VARCHAR", clients.toArray()))
                .param(run)
                .query((row, i) -> row.getObject(1) == null ? Optional.<MemberRow>empty() : Optional.of(row(row)))
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Appends messages to their senders' chains, in their order.
     *
     * @throws IllegalStateException if a chain is further than its next message
     */
    public void append(long run, List<Link> links) {
        // One statement for each, because a client may have several messages in the batch.
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
