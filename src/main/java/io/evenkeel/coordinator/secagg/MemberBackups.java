package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code member_backup}: the newest encrypted copy of each member's state, which only its device can read. Works in the caller's
 * transaction.
 */
@Component
public class MemberBackups {

    /** The copies of a run's members; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "member_backup",
            "run_id",
            "FROM member_backup t WHERE t.run_id = ? ORDER BY t.ordinal",
            whole("ordinal"),
            whole("sequence"),
            bytes("data"));

    private final JdbcClient jdbc;

    MemberBackups(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Keeps a member's copy in place of the one before, unless that one includes more messages. */
    void save(long run, int ordinal, long sequence, byte[] copy) {
        int replaced = jdbc.sql("UPDATE member_backup SET data = ?, sequence = ? WHERE run_id = ? AND ordinal = ?"
                        + " AND sequence <= ?")
                .params(Blobs.parameter(copy), sequence, run, ordinal, sequence)
                .update();
        if (replaced == 0 && !exists(run, ordinal)) {
            jdbc.sql("INSERT INTO member_backup (run_id, ordinal, sequence, data) VALUES (?, ?, ?, ?)")
                    .params(run, ordinal, sequence, Blobs.parameter(copy))
                    .update();
        }
    }

    private boolean exists(long run, int ordinal) {
        return jdbc.sql("SELECT COUNT(*) FROM member_backup WHERE run_id = ? AND ordinal = ?")
                        .params(run, ordinal)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /** Returns a member's copy; empty if there is none. */
    Optional<byte[]> find(long run, int ordinal) {
        return jdbc.sql("SELECT data FROM member_backup WHERE run_id = ? AND ordinal = ?")
                .params(run, ordinal)
                .query((row, i) -> Objects.requireNonNull(Blobs.read(row, 1)))
                .optional();
    }

    /** Returns the ordinals of the members that have a copy. */
    public List<Integer> ordinals(long run) {
        return jdbc.sql("SELECT ordinal FROM member_backup WHERE run_id = ?")
                .param(run)
                .query(Integer.class)
                .list();
    }

    /** Deletes a member's copy. */
    public void delete(long run, int ordinal) {
        jdbc.sql("DELETE FROM member_backup WHERE run_id = ? AND ordinal = ?")
                .params(run, ordinal)
                .update();
    }
}
