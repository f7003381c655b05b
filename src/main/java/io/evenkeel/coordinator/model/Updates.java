package io.evenkeel.coordinator.model;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.core.wire.RoundUpdate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The table {@code round_update}: a redo log of what closing each round changed. A checkpoint and the updates after it give any later
 * state, and the same bytes keep devices' replicas up to date. Works in the caller's transaction.
 */
@Component
public class Updates {

    /** The updates of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "round_update",
                    "run_id",
                    "FROM round_update t WHERE t.run_id = ? ORDER BY t.round_number",
                    whole("round_number"),
                    whole("bytes"),
                    whole("digest"),
                    ExportedColumn.bytes("numbers"),
                    ExportedColumn.bytes("data"))
            .verifiedBy(row -> row.whole("digest")
                    == RowDigest.of((int) row.whole("round_number"), row.bytes("numbers"), row.bytes("data")));

    private final JdbcTemplate jdbc;
    private final JdbcTemplate streams;

    Updates(DataSource source) {
        this.jdbc = new JdbcTemplate(source);
        this.streams = new JdbcTemplate(source);
        this.streams.setFetchSize(1);
    }

    /** Receives the updates one by one, in the order of their rounds. */
    @FunctionalInterface
    interface Sink {
        void update(byte[] bytes, double[] numbers);
    }

    /** Saves a round's update with the numbers that the step rule remembers after it. */
    public void save(long run, RoundUpdate update, double[] stepNumbers) {
        byte[] numbers = StepMemoryCodec.encode(stepNumbers);
        byte[] bytes = update.encode();
        jdbc.update(
                "INSERT INTO round_update (run_id, round_number, bytes, digest, numbers, data)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                run,
                update.round(),
                bytes.length,
                RowDigest.of(update.round(), numbers, bytes),
                numbers,
                Blobs.parameter(bytes));
    }

    /**
     * Reads the updates of the rounds {@code from <= k < to}, with one in memory at a time.
     *
     * @throws CorruptionException if an update is damaged
     */
    void forEach(long run, int from, int to, Sink sink) {
        streams.query(
                "SELECT round_number, digest, numbers, data FROM round_update"
                        + " WHERE run_id = ? AND round_number >= ? AND round_number < ? ORDER BY round_number",
                row -> {
                    sink.update(verified(run, row), StepMemoryCodec.decode(row.getBytes(3)));
                },
                run,
                from,
                to);
    }

    private static byte[] verified(long run, ResultSet row) throws SQLException {
        byte[] data = Objects.requireNonNull(Blobs.read(row, 4));
        if (row.getLong(2) != RowDigest.of(row.getInt(1), row.getBytes(3), data)) {
            throw new CorruptionException(
                    run,
                    row.getInt(1),
                    CorruptionException.NOBODY,
                    "the stored update is not the one that was written: its digest differs");
        }
        return data;
    }

    /** Returns the oldest round whose update is kept. */
    public OptionalInt oldest(long run) {
        Integer round =
                jdbc.queryForObject("SELECT MIN(round_number) FROM round_update WHERE run_id = ?", Integer.class, run);
        return round == null ? OptionalInt.empty() : OptionalInt.of(round);
    }

    /** Deletes the updates of the rounds before one. */
    public void deleteBefore(long run, int round) {
        jdbc.update("DELETE FROM round_update WHERE run_id = ? AND round_number < ?", run, round);
    }

    /** Returns how many bytes the updates of the rounds {@code from <= k < to} have; empty if one of them is not kept. */
    public OptionalLong bytes(long run, int from, int to) {
        long[] countAndBytes = jdbc.queryForObject(
                "SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM round_update"
                        + " WHERE run_id = ? AND round_number >= ? AND round_number < ?",
                (row, i) -> new long[] {row.getLong(1), row.getLong(2)},
                run,
                from,
                to);
        return countAndBytes != null && countAndBytes[0] == (long) to - from
                ? OptionalLong.of(countAndBytes[1])
                : OptionalLong.empty();
    }
}
