package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code folded_messages}: how far the messages of runs are folded. Finds the messages of old rounds that nothing needs any more,
 * deletes and counts them. Works in the caller's transaction. Thread-safe.
 */
@Component
public class FoldedMessages {

    /** How far a run is folded; the query's parameter is the run's key. */
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
     * How far a run is folded.
     *
     * @param round the round that is next, or begun; those before it are folded
     * @param ordinal the last member whose messages in that round are folded, -1 if the round is not begun
     * @param messages how many messages were deleted in all
     */
    public record Fold(int round, int ordinal, long messages) {

        /** A run of which nothing is folded. */
        public static final Fold NONE = new Fold(0, -1, 0);

        /** Returns the first round that has all of its messages. */
        public int firstWhole() {
            return ordinal < 0 ? round : round + 1;
        }
    }

    /**
     * A member with messages that may be deleted.
     *
     * @param member key of the membership
     * @param ordinal its ordinal
     * @param upTo sequence of the last message that may be deleted
     */
    public record Sender(long member, int ordinal, long upTo) {}

    /** Returns how far a run is folded. */
    public Fold of(long run) {
        return fold(run, "").orElse(Fold.NONE);
    }

    /** Returns how far a run is folded, and locks it: others that fold it wait. Empty if it has no row yet. */
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
     * @throws org.springframework.dao.DuplicateKeyException if another coordinator was faster
     */
    public void begin(long run) {
        jdbc.sql("INSERT INTO folded_messages (round_number, ordinal, messages, run_id) VALUES (0, -1, 0, ?)")
                .param(run)
                .update();
    }

    /** Notes how far a run, which the caller has locked, is folded. */
    public void save(long run, Fold fold) {
        jdbc.sql("UPDATE folded_messages SET round_number = ?, ordinal = ?, messages = ? WHERE run_id = ?")
                .params(fold.round(), fold.ordinal(), fold.messages(), run)
                .update();
    }

    /**
     * Returns the senders of a round's messages by their ordinals, up to a limit; a member with several messages may be there several times.
     *
     * @param after only members with larger ordinals
     * @param inSnapshots whether members have snapshots, so that messages behind them stay
     */
    public List<Sender> sendersIn(long run, int round, int after, boolean inSnapshots, int limit) {
        return withLast(
                jdbc.sql("SELECT member_id, ordinal FROM message WHERE run_id = ? AND included_in = ? AND ordinal > ?"
                                + " ORDER BY run_id, included_in, ordinal, sequence FETCH FIRST " + limit
                                + " ROWS ONLY")
                        .params(run, round, after)
                        .query((row, i) -> new Sender(row.getLong(1), row.getInt(2), 0))
                        .list(),
                inSnapshots);
    }

    /** Returns a member that may have messages in rounds that are folded; empty if it has no message. */
    public Optional<Sender> sender(long member, boolean inSnapshots) {
        return withLast(
                        jdbc.sql("SELECT member_id, ordinal FROM message WHERE member_id = ? FETCH FIRST 1 ROW ONLY")
                                .param(member)
                                .query((row, i) -> new Sender(row.getLong(1), row.getInt(2), 0))
                                .list(),
                        inSnapshots)
                .stream()
                .findFirst();
    }

    private List<Sender> withLast(List<Sender> senders, boolean inSnapshots) {
        Map<Long, Long> last =
                members.lastUnneeded(senders.stream().map(Sender::member).collect(Collectors.toSet()), inSnapshots);
        return senders.stream()
                .map(sender -> new Sender(sender.member(), sender.ordinal(), last.getOrDefault(sender.member(), 0L)))
                .toList();
    }

    /**
     * Deletes the messages of members that may be deleted and are in the sums of rounds before one. Returns how many there were.
     */
    public int delete(List<Sender> senders, int before) {
        int[] deleted = batches.batchUpdate(
                "DELETE FROM message WHERE member_id = ? AND round_number < ? AND included_in < ? AND sequence <= ?",
                senders.stream()
                        .map(sender -> new Object[] {sender.member(), before, before, sender.upTo()})
                        .toList());
        return IntStream.of(deleted).sum();
    }
}
