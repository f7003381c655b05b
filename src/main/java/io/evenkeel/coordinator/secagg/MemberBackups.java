package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.stored;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code member_backup}: the newest encrypted copy of each member's state. Only the device can decrypt it.
 * Works in the caller's transaction.
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
            stored("data"));

    private final JdbcClient jdbc;
    private final StoredBytes bytes;

    MemberBackups(JdbcClient jdbc, StoredBytes bytes) {
        this.jdbc = jdbc;
        this.bytes = bytes;
    }

    /** Stores the bytes of a copy before the transaction that {@link #save saves} it. */
    Placed place(byte[] copy) {
        return bytes.place(Content.of(copy));
    }

    /** Replaces a member's copy, unless the previous one includes more messages. */
    void save(long run, int ordinal, long sequence, Placed copy) {
        Optional<String> before = jdbc.sql(
                        "SELECT data_at FROM member_backup WHERE run_id = ? AND ordinal = ? FOR UPDATE")
                .params(run, ordinal)
                .query(String.class)
                .optional();
        int replaced = jdbc.sql("UPDATE member_backup SET data = ?, data_at = ?, sequence = ?"
                        + " WHERE run_id = ? AND ordinal = ? AND sequence <= ?")
                .params(Arrays.asList(copy.bytes(0), copy.range(0), sequence, run, ordinal, sequence))
                .update();
        if (replaced > 0) {
            before.ifPresent(bytes::release);
        } else if (exists(run, ordinal)) {
            return;
        } else {
            jdbc.sql("INSERT INTO member_backup (run_id, ordinal, sequence, data, data_at) VALUES (?, ?, ?, ?, ?)")
                    .params(Arrays.asList(run, ordinal, sequence, copy.bytes(0), copy.range(0)))
                    .update();
        }
        bytes.keep(copy);
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
        return jdbc.sql("SELECT data, data_at FROM member_backup WHERE run_id = ? AND ordinal = ?")
                .params(run, ordinal)
                .query((row, i) -> Objects.requireNonNull(bytes.read(row, 1)))
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
        bytes.delete("member_backup", "run_id = ? AND ordinal = ?", 1, List.of("data"), run, ordinal);
    }
}
