package io.evenkeel.coordinator.member;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.stored;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import io.evenkeel.engine.run.Run;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code member_snapshot}: members' vectors g_i. A vector replaces the messages of which it is the
 * sum. Works in the caller's transaction.
 */
@Component
public class SnapshotStore {

    /** The snapshots of a run's members; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "member_snapshot",
                    "member_id",
                    "FROM member_snapshot t JOIN member m ON m.id = t.member_id WHERE m.run_id = ? ORDER BY m.ordinal",
                    whole("ordinal").from("m.ordinal"),
                    whole("sequence"),
                    whole("head"),
                    whole("compacted_to"),
                    whole("digest"),
                    stored("state"))
            .verifiedBy(row -> row.whole("digest")
                    == RowDigest.of(
                            row.bytes("state"), row.whole("sequence"), row.whole("head"), row.whole("compacted_to")));

    private static final byte[] NOTHING = {};

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final StoredBytes bytes;

    SnapshotStore(JdbcTemplate template, StoredBytes bytes) {
        this.template = template;
        this.bytes = bytes;
        this.jdbc = JdbcClient.create(template);
    }

    /** A member's vector g_i after some of its messages. */
    public static final class Snapshot {

        /** The snapshot before the first message. */
        public static final Snapshot NONE = new Snapshot(0, 0, -1, 0, NOTHING);

        private final long sequence;
        private final long head;
        private final int compactedTo;
        private final long bytes;
        private final byte[] state;

        /**
         * Creates a snapshot.
         *
         * @param sequence number of the last message in it, 0 for none
         * @param head that message's digest
         * @param compactedTo the round in which that message was added, -1 for none
         * @param bytes total length of all messages in it; determines when to compact again
         * @param state g_i as a frame, not copied; empty if there is no message in it, or the member has left
         */
        public Snapshot(long sequence, long head, int compactedTo, long bytes, byte[] state) {
            this.sequence = sequence;
            this.head = head;
            this.compactedTo = compactedTo;
            this.bytes = bytes;
            this.state = state;
        }

        /** Returns the number of its last message, 0 for none. */
        public long sequence() {
            return sequence;
        }

        /** Returns the digest of the last message in it. */
        public long head() {
            return head;
        }

        /** Returns the round in which its last message was added, -1 for none. */
        public int compactedTo() {
            return compactedTo;
        }

        /** Returns the total length of all messages in it. */
        public long bytes() {
            return bytes;
        }

        /** Returns g_i as a frame, not copied; empty if there is no message in it, or the member has left. */
        public byte[] state() {
            return state;
        }

        private long seal() {
            return RowDigest.of(state, sequence, head, compactedTo);
        }
    }

    /**
     * Returns a member's snapshot, {@link Snapshot#NONE} if it has none.
     *
     * @return null if the stored data is damaged
     */
    public @Nullable Snapshot find(long member) {
        return jdbc.sql("SELECT sequence, head, compacted_to, digest, state, state_at, bytes FROM member_snapshot"
                        + " WHERE member_id = ?")
                .param(member)
                .query((row, i) -> Optional.ofNullable(read(row)))
                .optional()
                .orElse(Optional.of(Snapshot.NONE))
                .orElse(null);
    }

    private @Nullable Snapshot read(ResultSet row) throws SQLException {
        byte[] state = bytes.read(row, 5);
        Snapshot snapshot = new Snapshot(
                row.getLong(1), row.getLong(2), row.getInt(3), row.getLong(7), state == null ? NOTHING : state);
        return snapshot.seal() == row.getLong(4) ? snapshot : null;
    }

    /** Returns the number of the last message in a member's snapshot, 0 for none. */
    public long sequence(long member) {
        return jdbc.sql("SELECT sequence FROM member_snapshot WHERE member_id = ?")
                .param(member)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /**
     * A member whose messages can be compacted.
     *
     * @param id key of the membership
     * @param ordinal its ordinal
     * @param from number of the last message in its snapshot, 0 for none
     * @param messages number of messages after it
     */
    public record Candidate(long id, int ordinal, long from, long messages) {}

    /**
     * Finds the next members, in the order of their ordinals, with enough messages after their snapshots.
     * Compares the counters of chains and snapshots, because the time to read the messages would grow with
     * their number.
     *
     * @param after ordinal of the last member examined
     * @param messages minimum number of messages
     * @param bytes minimum number of their bytes
     * @param limit maximum number of members
     */
    public List<Candidate> nextToCompact(Run run, int after, long messages, long bytes, int limit) {
        return jdbc.sql(
                        "SELECT m.id, m.ordinal, COALESCE(s.sequence, 0), c.sequence - COALESCE(s.sequence, 0) FROM member m"
                                + " JOIN member_chain c ON c.member_id = m.id"
                                + " LEFT JOIN member_snapshot s ON s.member_id = m.id"
                                + " WHERE m.run_id = :run AND m.ordinal > :after AND (m.left_after IS NULL OR m.left_after >= :round)"
                                + " AND c.sequence - COALESCE(s.sequence, 0) >= :messages"
                                + " AND c.bytes - COALESCE(s.bytes, 0) >= :bytes"
                                + " ORDER BY m.ordinal FETCH FIRST " + limit + " ROWS ONLY")
                .param("run", run.id())
                .param("after", after)
                .param("round", run.openRound())
                .param("messages", messages)
                .param("bytes", bytes)
                .query((row, i) -> new Candidate(row.getLong(1), row.getInt(2), row.getLong(3), row.getLong(4)))
                .list();
    }

    /**
     * A member that has left and still has messages or a vector.
     *
     * @param id key of the membership
     * @param end the snapshot that replaces them, without a vector
     */
    public record Leaver(long id, Snapshot end) {}

    /** Finds the first member that has left and still has messages or a vector. */
    public Optional<Leaver> nextLeaver(Run run) {
        return jdbc.sql("SELECT m.id, c.sequence, c.head, m.left_after, c.bytes FROM member m"
                        + " JOIN member_chain c ON c.member_id = m.id"
                        + " LEFT JOIN member_snapshot s ON s.member_id = m.id WHERE m.run_id = ? AND m.left_after < ?"
                        + " AND c.sequence > 0 AND (s.member_id IS NULL OR s.state IS NOT NULL OR s.state_at IS NOT NULL)"
                        + " ORDER BY m.id FETCH FIRST 1 ROW ONLY")
                .params(run.id(), run.openRound())
                .query((row, i) -> new Leaver(
                        row.getLong(1),
                        new Snapshot(row.getLong(2), row.getLong(3), row.getInt(4), row.getLong(5), NOTHING)))
                .optional();
    }

    /**
     * Stores a snapshot's vector. Must be called before the transaction that {@link #advance advances} the
     * member to the snapshot.
     */
    public Placed place(Snapshot snapshot) {
        return bytes.place(snapshot.state().length == 0 ? null : Content.of(snapshot.state()));
    }

    /**
     * Replaces a snapshot with a later one.
     *
     * @param from number of the last message in the earlier one, 0 for none
     * @param placed the stored vector of the later snapshot
     * @return false if another coordinator has already replaced it
     */
    public boolean advance(long member, long from, Snapshot to, Placed placed) {
        Optional<String> replaced = jdbc.sql(
                        "SELECT state_at FROM member_snapshot WHERE member_id = ? AND sequence = ?")
                .params(member, from)
                .query(String.class)
                .optional();
        int updated = jdbc.sql("UPDATE member_snapshot SET sequence = ?, head = ?, compacted_to = ?, digest = ?,"
                        + " state = ?, state_at = ?, bytes = ? WHERE member_id = ? AND sequence = ?")
                .params(Arrays.asList(
                        to.sequence(),
                        to.head(),
                        to.compactedTo(),
                        to.seal(),
                        placed.bytes(0),
                        placed.range(0),
                        to.bytes(),
                        member,
                        from))
                .update();
        boolean advanced = updated > 0 || (from == 0 && insert(member, to, placed));
        if (advanced) {
            bytes.keep(placed);
            replaced.ifPresent(bytes::release);
        }
        return advanced;
    }

    /** Sets the total length of the messages in each member's snapshot, by the member's key. */
    public void setBytes(Map<Long, Long> bytes) {
        template.batchUpdate(
                "UPDATE member_snapshot SET bytes = ? WHERE member_id = ?",
                bytes.entrySet().stream()
                        .map(member -> new Object[] {member.getValue(), member.getKey()})
                        .toList());
    }

    private boolean insert(long member, Snapshot to, Placed placed) {
        try {
            jdbc.sql(
                            "INSERT INTO member_snapshot (member_id, sequence, head, compacted_to, digest, state, state_at, bytes)"
                                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                    .params(Arrays.asList(
                            member,
                            to.sequence(),
                            to.head(),
                            to.compactedTo(),
                            to.seal(),
                            placed.bytes(0),
                            placed.range(0),
                            to.bytes()))
                    .update();
            return true;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** Deletes the snapshots of the given members. */
    void delete(List<Long> members) {
        bytes.delete(
                "member_snapshot",
                "member_id IN (" + StoredBytes.marks(members) + ")",
                members.size(),
                List.of("state"),
                members.toArray());
    }
}
