package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Members' vectors in the database, in place of the messages they are the sum of. Works in the caller's transaction. */
@Component
class SnapshotStore {

    private static final byte[] NOTHING = {};

    private final JdbcClient jdbc;

    SnapshotStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A member's vector after some of its messages. */
    static final class Snapshot {

        /** Before the first message. */
        static final Snapshot NONE = new Snapshot(0, 0, -1, 0, NOTHING);

        private final long sequence;
        private final long head;
        private final int foldedTo;
        private final long bytes;
        private final byte[] state;

        /**
         * @param sequence the number of the last message in it, 0 for none
         * @param head that message's digest
         * @param foldedTo the round that message was added in, -1 for none
         * @param bytes how many bytes all messages in it had; says when to fold the next, nothing else
         * @param state g_i as a frame; empty if there is no message in it, or it is needed no more
         */
        Snapshot(long sequence, long head, int foldedTo, long bytes, byte[] state) {
            this.sequence = sequence;
            this.head = head;
            this.foldedTo = foldedTo;
            this.bytes = bytes;
            this.state = state;
        }

        long sequence() {
            return sequence;
        }

        long head() {
            return head;
        }

        int foldedTo() {
            return foldedTo;
        }

        long bytes() {
            return bytes;
        }

        byte[] state() {
            return state;
        }

        private long seal() {
            return RowDigest.of(state, sequence, head, foldedTo);
        }
    }

    /**
     * Returns a member's snapshot, {@link Snapshot#NONE} if it has none.
     *
     * @return null if what is stored is not what was written
     */
    @Nullable
    Snapshot find(long member) {
        return jdbc.sql(
                        "SELECT sequence, head, folded_to, digest, state, bytes FROM member_snapshot WHERE member_id = ?")
                .param(member)
                .query((row, i) -> Optional.ofNullable(read(row)))
                .optional()
                .orElse(Optional.of(Snapshot.NONE))
                .orElse(null);
    }

    private static @Nullable Snapshot read(ResultSet row) throws SQLException {
        byte[] state = Blobs.read(row, 5);
        Snapshot snapshot = new Snapshot(
                row.getLong(1), row.getLong(2), row.getInt(3), row.getLong(6), state == null ? NOTHING : state);
        return snapshot.seal() == row.getLong(4) ? snapshot : null;
    }

    /** Returns up to which message a member's are folded. */
    long sequence(long member) {
        return jdbc.sql("SELECT sequence FROM member_snapshot WHERE member_id = ?")
                .param(member)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /**
     * Puts a snapshot in place of an earlier one.
     *
     * @param from the earlier one's last message, 0 for none
     * @return false if another coordinator was there first
     */
    boolean advance(long member, long from, Snapshot to) {
        byte[] state = to.state();
        int updated = jdbc.sql(
                        "UPDATE member_snapshot SET sequence = ?, head = ?, folded_to = ?, digest = ?, state = ?,"
                                + " bytes = ? WHERE member_id = ? AND sequence = ?")
                .params(Arrays.asList(
                        to.sequence(), to.head(), to.foldedTo(), to.seal(), parameter(state), to.bytes(), member, from))
                .update();
        return updated > 0 || (from == 0 && insert(member, to, state));
    }

    private static @Nullable Object parameter(byte[] state) {
        return state.length == 0 ? null : Blobs.parameter(state);
    }

    private boolean insert(long member, Snapshot to, byte[] state) {
        try {
            jdbc.sql("INSERT INTO member_snapshot (member_id, sequence, head, folded_to, digest, state, bytes)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                    .params(Arrays.asList(
                            member, to.sequence(), to.head(), to.foldedTo(), to.seal(), parameter(state), to.bytes()))
                    .update();
            return true;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }
}
