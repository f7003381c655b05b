package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.selection.DeviceTurns;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Reads and changes the members of a round as a whole. A run may have a million members, but only a few of
 * them send messages, leave or change their weight in a round. The other rows are not read individually:
 * ordinals start at 0 and have no gaps, and the index {@code member_by_leaving} finds the members that do not
 * take part. Works in the caller's transaction. Thread-safe.
 */
@Component
public class RoundMembers {

    /** The condition that a member takes part in round {@code :round}. */
    private static final String ACTIVE = "m.active_from <= :round AND (m.left_after IS NULL OR m.left_after >= :round)";

    /**
     * Selects counts or ordinals of members that do not take part in round {@code :round}, from three ranges
     * of one index.
     */
    static final String INACTIVE = "SELECT %1$s FROM member m WHERE m.run_id = :run AND m.left_after < :round UNION"
            + " ALL SELECT %1$s FROM member m WHERE m.run_id = :run AND m.left_after >= :round AND m.active_from > :round"
            + " UNION ALL SELECT %1$s FROM member m WHERE m.run_id = :run AND m.left_after IS NULL AND m.active_from >"
            + " :round";

    /**
     * Counts the members for which round {@code :round} is the last one and whose client has already joined
     * again.
     */
    private static final String JOINED_ANEW =
            " SELECT COUNT(*) FROM member m WHERE m.run_id = :run AND m.left_after = :round"
                    + " AND m.active_from <= :round AND EXISTS (SELECT 1 FROM member n WHERE n.run_id = m.run_id AND n.client_id ="
                    + " m.client_id AND n.ordinal > m.ordinal)";

    /** Sums of whole numbers up to this limit are exact in any order. */
    private static final double LARGEST_EXACT = 1L << 53;

    private static final int SENDERS_AT_ONCE = 10_000;
    private static final int FETCHED_AT_ONCE = 10_000;

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final JdbcTemplate streams;
    private final NamedParameterJdbcTemplate namedStreams;
    private final MemberTable members;

    RoundMembers(JdbcTemplate jdbc, MemberTable members) {
        this.members = members;
        this.jdbc = JdbcClient.create(jdbc);
        this.batches = jdbc;
        this.streams = new JdbcTemplate(Objects.requireNonNull(jdbc.getDataSource()));
        this.streams.setFetchSize(FETCHED_AT_ONCE);
        this.namedStreams = new NamedParameterJdbcTemplate(streams);
    }

    /**
     * A member that has sent a message.
     *
     * @param client its client
     * @param weight the member's weight w_i in the round
     */
    public record Sender(String client, double weight) {}

    /** Returns how many members take part in a round. */
    public int count(long run, int round) {
        return members.ordinals(run) - sum(String.format(INACTIVE, "COUNT(*)"), run, round);
    }

    /**
     * Returns the number of current and future memberships that are not over while a round is open; the round
     * is -1 before the start.
     */
    public int present(long run, int openRound) {
        String gone = "SELECT COUNT(*) FROM member m WHERE m.run_id = :run AND m.left_after < :round"
                + " UNION ALL SELECT COUNT(*) FROM member m WHERE m.run_id = :run AND m.left_after >= :round"
                + " AND m.left_after < m.active_from UNION ALL" + JOINED_ANEW;
        return members.ordinals(run) - sum(gone, run, openRound);
    }

    /** Returns the same as {@link #present(long, int)} for several runs, with one query. */
    public Map<Long, Integer> present(Collection<Long> runs) {
        Map<Long, Integer> present = new HashMap<>();
        jdbc.sql("SELECT r.id, COALESCE((SELECT MAX(m.ordinal) FROM member m WHERE m.run_id = r.id), -1) + 1 - (SELECT"
                        + " COUNT(*) FROM member m WHERE m.run_id = r.id AND m.left_after >= -1 AND (m.left_after < m.active_from"
                        + " OR (r.state <> 'CREATED' AND (m.left_after < r.round_number OR (m.left_after = r.round_number AND EXISTS"
                        + " (SELECT 1 FROM member n WHERE n.run_id = m.run_id AND n.client_id = m.client_id AND n.ordinal >"
                        + " m.ordinal)))))) FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS"
                        + " wanted(run) JOIN run r ON r.id = wanted.run")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .query(row -> {
                    present.put(row.getLong(1), row.getInt(2));
                });
        return present;
    }

    /** Returns how many members stay beyond the open round. */
    public int staying(long run) {
        return members.ordinals(run)
                - jdbc.sql("SELECT COUNT(*) FROM member m WHERE m.run_id = ? AND m.left_after >= -1")
                        .param(run)
                        .query(Integer.class)
                        .single();
    }

    /**
     * Returns whether members are waiting for the next round, so that an extended round could ask more
     * members.
     */
    public boolean awaitNext(long run, int openRound) {
        return jdbc.sql(
                                "SELECT COUNT(*) FROM member m WHERE m.run_id = :run AND m.left_after IS NULL AND m.active_from > :round")
                        .param("run", run)
                        .param("round", openRound)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    private int sum(String counts, long run, int round) {
        return jdbc.sql(counts).param("run", run).param("round", round).query(Integer.class).list().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    /**
     * Returns the largest number of accepted messages of any membership of a run; 0 if there are no members.
     */
    public long mostMessages(long run) {
        return jdbc.sql("SELECT COALESCE(MAX(c.sequence), 0) FROM member m JOIN member_chain c ON c.member_id = m.id"
                        + " WHERE m.run_id = ?")
                .param(run)
                .query(Long.class)
                .single();
    }

    /** Returns the ordinals of the members that take part in a round. */
    public BitSet active(long run, int round) {
        BitSet active = new BitSet();
        active.set(0, members.ordinals(run));
        active.andNot(ordinals(String.format(INACTIVE, "m.ordinal"), run, round));
        return active;
    }

    /**
     * Returns the ordinals of the members that take part in a round and whose turn it is. Reads all members
     * of the round.
     */
    public BitSet inTurn(long run, int round, DeviceTurns turns) {
        BitSet inTurn = new BitSet();
        streams.query(
                "SELECT m.ordinal, m.client_id FROM member m WHERE m.run_id = ? AND m.active_from <= ?"
                        + " AND (m.left_after IS NULL OR m.left_after >= ?)",
                row -> {
                    if (turns.has(row.getString(2), round)) {
                        inTurn.set(row.getInt(1));
                    }
                },
                run,
                round,
                round);
        return inTurn;
    }

    /**
     * Reads the ordinal, profile and client of the given devices that take part in a round; does not see changes that
     * Hibernate has not flushed.
     */
    public void eligible(long run, int round, SqlCondition devices, RowCallbackHandler rows) {
        // Does not use ORDER BY, because sorting ordinals in memory is faster.
        namedStreams.query(
                "SELECT m.ordinal, d.profile, m.client_id FROM member m JOIN (" + devices.text()
                        + ") d ON d.id = m.client_id WHERE m.run_id = :run AND " + ACTIVE,
                new MapSqlParameterSource(devices.parameters())
                        .addValue("run", run)
                        .addValue("round", round),
                rows);
    }

    /** Returns the ordinals of the members that take part in a round and in no later one. */
    public BitSet leavers(long run, int round) {
        return ordinals(
                "SELECT m.ordinal FROM member m WHERE m.run_id = :run AND m.left_after = :round AND m.active_from <="
                        + " :round",
                run,
                round);
    }

    /** Returns the ordinals of the members that have left or leave with the open round. */
    public BitSet gone(long run) {
        return ordinals("SELECT m.ordinal FROM member m WHERE m.run_id = :run AND m.left_after >= :round", run, -1);
    }

    private BitSet ordinals(String query, long run, int round) {
        BitSet ordinals = new BitSet();
        jdbc.sql(query).param("run", run).param("round", round).query(row -> {
            ordinals.set(row.getInt(1));
        });
        return ordinals;
    }

    /** Returns the given members that take part in a round, by ordinal. */
    public Map<Integer, Sender> senders(long run, int round, Collection<Integer> ordinals) {
        Map<Integer, Sender> senders = new HashMap<>();
        List<Integer> all = List.copyOf(ordinals);
        for (int from = 0; from < all.size(); from += SENDERS_AT_ONCE) {
            List<Integer> some = all.subList(from, Math.min(all.size(), from + SENDERS_AT_ONCE));
            // Uses an outer join, because H2 would start an inner join from the table of members.
            jdbc.sql("SELECT m.ordinal, m.client_id, m.weight FROM UNNEST(CAST(:ordinals AS INTEGER ARRAY)) AS"
                            + " sender(number) LEFT JOIN member m ON m.run_id = :run AND m.ordinal = sender.number"
                            + " AND "
                            + ACTIVE)
                    .param("ordinals", new SqlArrayValue("INTEGER", some.toArray()))
                    .param("run", run)
                    .param("round", round)
                    .query(row -> {
                        if (row.getObject(1) != null) {
                            senders.put(row.getInt(1), new Sender(row.getString(2), row.getDouble(3)));
                        }
                    });
        }
        return senders;
    }

    /**
     * Returns W, the total weight that the staying members of a round have from the next round on. The
     * weights are added in the order of the ordinals, so the sum is reproducible bit for bit. If all weights
     * are whole numbers, such as sample counts, the database adds them, because their sum does not depend on
     * the order.
     */
    public double weight(long run, int round) {
        String staying =
                " FROM (SELECT m.ordinal, COALESCE(m.pending_weight, m.weight) AS w FROM member m WHERE m.run_id = ?"
                        + " AND m.active_from <= ? AND (m.left_after IS NULL OR m.left_after > ?)) s";
        record Total(long others, double sum) {}
        Total total = jdbc.sql("SELECT COUNT(CASE WHEN w <> FLOOR(w) THEN 1 END), COALESCE(SUM(w), 0)" + staying)
                .params(run, round, round)
                .query((row, i) -> new Total(row.getLong(1), row.getDouble(2)))
                .single();
        if (total.others() == 0 && total.sum() <= LARGEST_EXACT) {
            return total.sum();
        }
        double[] sum = {0};
        streams.query(
                "SELECT w" + staying + " ORDER BY ordinal",
                row -> {
                    sum[0] += row.getDouble(1);
                },
                run,
                round,
                round);
        return sum[0];
    }

    /** Applies the pending weights of members. */
    public void settleWeights(Collection<Member> members) {
        batches.batchUpdate(
                "UPDATE member SET weight = pending_weight, pending_weight = NULL WHERE id = ? AND pending_weight IS"
                        + " NOT NULL",
                members.stream().map(member -> new Object[] {member.id()}).toList());
    }

    /** Adds the members that are waiting for the next round to the open one. */
    public void admit(long run, int openRound) {
        jdbc.sql("UPDATE member m SET active_from = :round WHERE m.run_id = :run AND m.active_from > :round"
                        + " AND (m.left_after IS NULL OR (m.left_after >= :round AND m.left_after >= m.active_from))")
                .param("run", run)
                .param("round", openRound)
                .update();
    }
}
