package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.ReceivedShares;
import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.engine.secagg.AttemptPhase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code secagg_member}: the frames of a cohort's members, and the shares for them, until the attempt ends.
 * Works in the caller's transaction.
 */
@Component
public class CohortTable {

    /** The frames of members in a run's active attempts; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "secagg_member",
            "attempt_id",
            "FROM secagg_member t JOIN secagg_attempt a ON a.id = t.attempt_id WHERE a.run_id = ?"
                    + " ORDER BY a.round_number, a.attempt, t.ordinal",
            whole("round_number").from("a.round_number"),
            whole("attempt").from("a.attempt"),
            whole("ordinal"),
            text("identity"),
            text("owner"),
            text("mask_key"),
            bytes("keys"),
            bytes("shares"),
            bytes("received"),
            bytes("masked"),
            bytes("reveal"),
            whole("bytes"));

    /** The approximate maximum memory for the frames of received shares in one batch. */
    private static final int BLOCK_BYTES = 16 << 20;

    private final DataSource source;
    private final JdbcTemplate batches;
    private final JdbcClient jdbc;

    CohortTable(DataSource source) {
        this.source = source;
        this.batches = new JdbcTemplate(source);
        this.jdbc = JdbcClient.create(source);
    }

    /**
     * The progress of a member.
     *
     * @param ordinal the member's ordinal
     * @param owner the owner that vouches for the device, in hex
     * @param hasShared whether it sent shares
     * @param hasMasked whether it sent a vector
     * @param hasRevealed whether it revealed shares
     */
    record Progress(int ordinal, String owner, boolean hasShared, boolean hasMasked, boolean hasRevealed) {}

    private static final String PROGRESS = "SELECT ordinal, owner, shares IS NOT NULL, masked IS NOT NULL,"
            + " reveal IS NOT NULL FROM secagg_member WHERE attempt_id = ?";

    /** Returns the progress of a member; empty if it is not in the cohort. */
    Optional<Progress> find(long attempt, int ordinal) {
        return jdbc.sql(PROGRESS + " AND ordinal = ?")
                .params(attempt, ordinal)
                .query((row, i) -> progress(row))
                .optional();
    }

    /** Returns the progress of all members, in the order of their ordinals. */
    List<Progress> list(long attempt) {
        return jdbc.sql(PROGRESS + " ORDER BY ordinal")
                .param(attempt)
                .query((row, i) -> progress(row))
                .list();
    }

    private static Progress progress(ResultSet row) throws SQLException {
        return new Progress(row.getInt(1), row.getString(2), row.getBoolean(3), row.getBoolean(4), row.getBoolean(5));
    }

    /** Returns the ordinal of the member with an identity; empty if there is none. */
    Optional<Integer> withIdentity(long attempt, byte[] identity) {
        return ordinalWith(attempt, "identity", identity);
    }

    /** Returns the ordinal of the member with a public key for masks; empty if there is none. */
    Optional<Integer> withMaskKey(long attempt, byte[] key) {
        return ordinalWith(attempt, "mask_key", key);
    }

    private Optional<Integer> ordinalWith(long attempt, String column, byte[] key) {
        return jdbc.sql("SELECT ordinal FROM secagg_member WHERE attempt_id = ? AND " + column + " = ?")
                .params(attempt, hex(key))
                .query(Integer.class)
                .optional();
    }

    void insert(long attempt, SignedAdvertisement keys, byte[] frame) {
        jdbc.sql("INSERT INTO secagg_member (attempt_id, ordinal, identity, owner, mask_key, keys, bytes)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .param(attempt)
                .param(keys.member())
                .param(hex(keys.identity()))
                .param(hex(keys.owner()))
                .param(hex(keys.advertisement().maskKey()))
                .param(frame)
                .param(frame.length)
                .update();
    }

    /** Returns the frame that a member sent in a phase; empty if it sent none. */
    Optional<byte[]> sentIn(AttemptPhase phase, long attempt, int ordinal) {
        return frame(attempt, ordinal, column(phase));
    }

    /**
     * Returns the frame of the shares for a member; empty before {@link #deliverShares}, or if the member sent none.
     */
    Optional<byte[]> receivedBy(long attempt, int ordinal) {
        return frame(attempt, ordinal, "received");
    }

    /** Returns the column of the frames of a phase. */
    private static String column(AttemptPhase phase) {
        if (phase.isOver()) {
            throw new IllegalArgumentException("members send nothing in phase " + phase.text());
        }
        return phase.text();
    }

    private Optional<byte[]> frame(long attempt, int ordinal, String column) {
        return jdbc.sql("SELECT " + column + " FROM secagg_member WHERE attempt_id = ? AND ordinal = ?")
                .params(attempt, ordinal)
                .query((row, i) -> Optional.ofNullable(Blobs.read(row, 1)))
                .optional()
                .flatMap(found -> found);
    }

    /** Returns the ordinals of all members, ascending. */
    List<Integer> ordinals(long attempt) {
        return ordinalsWhere(attempt, "");
    }

    private List<Integer> ordinalsWhere(long attempt, String condition) {
        return jdbc.sql("SELECT ordinal FROM secagg_member WHERE attempt_id = ?" + condition + " ORDER BY ordinal")
                .param(attempt)
                .query(Integer.class)
                .list();
    }

    /** Returns the keys of all members, in the order of their ordinals. */
    List<SignedAdvertisement> keys(long attempt) {
        return keysWhere(attempt, "");
    }

    /** Returns the ordinals of the members that sent shares, ascending. */
    List<Integer> sharing(long attempt) {
        return ordinalsWhere(attempt, " AND shares IS NOT NULL");
    }

    /** Returns the ordinals of the members that sent a vector, ascending. */
    List<Integer> included(long attempt) {
        return ordinalsWhere(attempt, " AND masked IS NOT NULL");
    }

    /** Returns the keys of all members that sent shares, in the order of their ordinals. */
    List<SignedAdvertisement> keysOfSharing(long attempt) {
        return keysWhere(attempt, " AND shares IS NOT NULL");
    }

    private List<SignedAdvertisement> keysWhere(long attempt, String condition) {
        return jdbc.sql("SELECT keys FROM secagg_member WHERE attempt_id = ?" + condition + " ORDER BY ordinal")
                .param(attempt)
                .query((row, i) -> SecAggFrames.decodeKeys(Objects.requireNonNull(Blobs.read(row, 1))))
                .list();
    }

    /** Deletes members that sent keys but are not in the cohort. */
    void remove(long attempt, List<Integer> ordinals) {
        batches.batchUpdate(
                "DELETE FROM secagg_member WHERE attempt_id = ? AND ordinal = ?",
                ordinals.stream()
                        .map(ordinal -> new Object[] {attempt, ordinal})
                        .toList());
    }

    /** For each member that sent shares, stores the shares that the others sent to it. */
    void deliverShares(long attempt) {
        deliverShares(attempt, BLOCK_BYTES);
    }

    void deliverShares(long attempt, int blockBytes) {
        List<Integer> sharing = sharing(attempt);
        int each = sharing.size() - 1;
        int block = Math.max(1, blockBytes / ReceivedShares.bytes(each));
        for (int from = 0; from < sharing.size(); from += block) {
            ReceivedShares received =
                    new ReceivedShares(sharing.subList(from, Math.min(from + block, sharing.size())), each);
            forEach(AttemptPhase.SHARES, attempt, (sender, frame, bytes) -> received.add(sender, frame));
            batches.batchUpdate(
                    "UPDATE secagg_member SET received = ? WHERE attempt_id = ? AND ordinal = ?",
                    received.frames().entrySet().stream()
                            .map(frame -> new Object[] {Blobs.parameter(frame.getValue()), attempt, frame.getKey()})
                            .toList());
        }
    }

    /** Stores the frame that a member sends in a phase after the first. */
    void save(AttemptPhase phase, long attempt, int ordinal, byte[] frame) {
        jdbc.sql("UPDATE secagg_member SET " + column(phase)
                        + " = ?, bytes = bytes + ? WHERE attempt_id = ? AND ordinal = ?")
                .params(Blobs.parameter(frame), frame.length, attempt, ordinal)
                .update();
    }

    /** Receives members' frames one by one. */
    @FunctionalInterface
    interface FrameSink {

        /**
         * Receives a frame.
         *
         * @param ordinal the member's ordinal
         * @param frame the member's frame
         * @param bytes the total length of the member's frames
         */
        void frame(int ordinal, byte[] frame, int bytes);
    }

    /** Passes the frames of a phase to a receiver in the order of the ordinals, keeping one at a time in memory. */
    void forEach(AttemptPhase phase, long attempt, FrameSink sink) {
        String column = column(phase);
        JdbcTemplate streams = new JdbcTemplate(source);
        streams.setFetchSize(1);
        streams.query(
                "SELECT ordinal, " + column + ", bytes FROM secagg_member WHERE attempt_id = ? AND " + column
                        + " IS NOT NULL ORDER BY ordinal",
                row -> {
                    sink.frame(row.getInt(1), Objects.requireNonNull(Blobs.read(row, 2)), row.getInt(3));
                },
                attempt);
    }

    /** Deletes the frames of all members of an attempt. */
    void delete(long attempt) {
        jdbc.sql("DELETE FROM secagg_member WHERE attempt_id = ?")
                .param(attempt)
                .update();
    }

    /** Returns a key in hex, as stored in the table. */
    static String hex(byte[] key) {
        return HexFormat.of().formatHex(key);
    }
}
