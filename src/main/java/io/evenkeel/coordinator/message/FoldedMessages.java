package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.member.MemberTable.Unneeded;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code folded_messages}: the folding progress of runs. Finds, deletes and counts messages of old
 * rounds when they are no longer needed. Works in the caller's transaction. Thread-safe.
 */
@Component
public class FoldedMessages {

    /** The folding progress of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "folded_messages",
            "run_id",
            "FROM folded_messages t WHERE t.run_id = ?",
            whole("round_number"),
            whole("ordinal"),
            whole("messages"));

    private static final String SELECT = "SELECT round_number, ordinal, messages FROM folded_messages WHERE run_id = ?";

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final MemberTable members;

    FoldedMessages(JdbcTemplate jdbc, MemberTable members) {
        this.batches = jdbc;
        this.members = members;
        this.jdbc = JdbcClient.create(jdbc);
    }

    /**
     * The folding progress of a run.
     *
     * @param round the round to fold next, or in progress; earlier rounds are folded
     * @param ordinal the last member whose messages in that round are folded, -1 if folding of the round has
     *     not started
     * @param messages the total number of deleted messages
     */
    public record Fold(int round, int ordinal, long messages) {

        /** The progress of a run without folded messages. */
        public static final Fold NONE = new Fold(0, -1, 0);

        /** Returns the first round that still has all of its messages. */
        public int firstWhole() {
            return ordinal < 0 ? round : round + 1;
        }

        /** Returns the first round in which a member's messages are not yet folded. */
        int before(int member) {
            return member <= ordinal ? round + 1 : round;
        }
    }

    /** Returns the folding progress of a run. */
    public Fold of(long run) {
        return fold(run, "").orElse(Fold.NONE);
    }

    /**
     * Returns the folding progress of a run, and locks it against concurrent folding. Returns empty if the
     * run has no row yet.
     */
    public Optional<Fold> lock(long run) {
        return fold(run, " FOR UPDATE");
    }

    private Optional<Fold> fold(long run, String lock) {
        return jdbc.sql(SELECT + lock)
                .param(run)
                .query((row, i) -> new Fold(row.getInt(1), row.getInt(2), row.getLong(3)))
                .optional();
    }

    /**
     * Inserts a run's row.
     *
     * @throws org.springframework.dao.DuplicateKeyException if another coordinator has inserted it first
     */
    public void begin(long run) {
        jdbc.sql("INSERT INTO folded_messages (round_number, ordinal, messages, run_id) VALUES (0, -1, 0, ?)")
                .param(run)
                .update();
    }

    /** Stores the folding progress of a run, which the caller has locked. */
    public void save(long run, Fold fold) {
        jdbc.sql("UPDATE folded_messages SET round_number = ?, ordinal = ?, messages = ? WHERE run_id = ?")
                .params(fold.round(), fold.ordinal(), fold.messages(), run)
                .update();
    }

    /**
     * Returns the senders of a round's messages in the order of their ordinals, up to a limit. A member with
     * several messages may occur several times.
     *
     * @param after only members with larger ordinals
     * @param inSnapshots whether members have snapshots, so that messages after a snapshot stay
     */
    public List<Unneeded> sendersIn(long run, int round, int after, boolean inSnapshots, int limit) {
        List<Long> senders = jdbc.sql(
                        "SELECT member_id FROM message WHERE run_id = ? AND included_in = ? AND ordinal > ?"
                                + " ORDER BY run_id, included_in, ordinal, sequence FETCH FIRST " + limit
                                + " ROWS ONLY")
                .params(run, round, after)
                .query(Long.class)
                .list();
        Map<Long, Unneeded> unneeded = members.unneeded(senders, inSnapshots);
        return senders.stream().map(unneeded::get).toList();
    }

    /**
     * Deletes the members' messages that are folded and no longer needed, and returns the number of deleted
     * messages.
     */
    public int delete(Collection<Unneeded> senders, Fold folded) {
        int[] deleted = batches.batchUpdate(
                "DELETE FROM message WHERE member_id = ? AND round_number < ? AND included_in < ? AND sequence <= ?",
                senders.stream()
                        .filter(sender -> sender.upTo() > 0)
                        .map(sender -> {
                            int before = Math.min(sender.before(), folded.before(sender.ordinal()));
                            return new Object[] {sender.member(), before, before, sender.upTo()};
                        })
                        .toList());
        return IntStream.of(deleted).sum();
    }
}
