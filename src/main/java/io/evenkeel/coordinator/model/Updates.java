package io.evenkeel.coordinator.model;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The table {@code round_update}: a redo log of what closing each round changed. A checkpoint and the updates after it give any later
 * state. Devices get the same bytes for their replicas, or with a lossy downlink the deltas of their model. Works in the caller's
 * transaction.
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
                    ExportedColumn.stored("data"),
                    ExportedColumn.stored("delta"))
            .verifiedBy(row -> row.whole("digest")
                    == digest(
                            (int) row.whole("round_number"),
                            row.bytes("numbers"),
                            row.bytes("data"),
                            row.bytes("delta")));

    private final JdbcTemplate jdbc;
    private final JdbcTemplate streams;
    private final StoredBytes bytes;

    Updates(DataSource source, StoredBytes bytes) {
        this.bytes = bytes;
        this.jdbc = new JdbcTemplate(source);
        this.streams = new JdbcTemplate(source);
        this.streams.setFetchSize(1);
    }

    /** A stored round. */
    static final class Stored {

        private final double[] numbers;
        private final byte[] data;
        private final byte @Nullable [] delta;

        private Stored(double[] numbers, byte[] data, byte @Nullable [] delta) {
            this.numbers = numbers;
            this.data = data;
            this.delta = delta;
        }

        /** Returns the numbers that the step rule remembers after the round. */
        double[] numbers() {
            return numbers;
        }

        /** Returns the encoded update. */
        byte[] data() {
            return data;
        }

        /** Returns the encoded delta of the devices' model, null without a lossy downlink. */
        byte @Nullable [] delta() {
            return delta;
        }

        /** Returns what devices download of the round. */
        byte[] forDevices() {
            return delta == null ? data : delta;
        }
    }

    /** A round's change whose bytes are stored, and that {@link #save(long, Written)} has to name. */
    public static final class Written {

        private final int round;
        private final int download;
        private final long digest;
        private final byte[] numbers;
        private final Placed placed;

        private Written(int round, int download, long digest, byte[] numbers, Placed placed) {
            this.round = round;
            this.download = download;
            this.digest = digest;
            this.numbers = numbers;
            this.placed = placed;
        }

        /** Returns the digest of the row. */
        public long digest() {
            return digest;
        }
    }

    /**
     * Stores the bytes of what a round changed, before the transaction that saves it.
     *
     * @param stepNumbers the numbers that the step rule remembers after the round
     */
    public Written write(RoundChange change, double[] stepNumbers) {
        int round = change.update().round();
        byte[] numbers = StepMemoryCodec.encode(stepNumbers);
        byte[] data = change.update().encode();
        byte[] delta = change.delta() == null ? null : change.delta().encode();
        return new Written(
                round,
                delta == null ? data.length : delta.length,
                digest(round, numbers, data, delta),
                numbers,
                bytes.place(Content.of(data), delta == null ? null : Content.of(delta)));
    }

    /** Saves what a round changed. */
    public void save(long run, Written written) {
        Placed placed = written.placed;
        jdbc.update(
                "INSERT INTO round_update (run_id, round_number, bytes, digest, numbers, data, data_at, delta, delta_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                run,
                written.round,
                written.download,
                written.digest,
                written.numbers,
                placed.bytes(0),
                placed.range(0),
                placed.bytes(1),
                placed.range(1));
        bytes.keep(placed);
    }

    /** Returns the digests of the rows that are kept, by round. */
    public Map<Integer, Long> digests(long run) {
        Map<Integer, Long> digests = new HashMap<>();
        jdbc.query(
                "SELECT round_number, digest FROM round_update WHERE run_id = ?",
                row -> {
                    digests.put(row.getInt(1), row.getLong(2));
                },
                run);
        return digests;
    }

    /** Returns the digest of a row; the delta may be null or empty. */
    private static long digest(int round, byte[] numbers, byte[] data, byte @Nullable [] delta) {
        long withoutDelta = RowDigest.of(round, numbers, data);
        return delta == null || delta.length == 0 ? withoutDelta : RowDigest.of(delta, withoutDelta);
    }

    /**
     * Reads the rounds {@code from <= k < to} in order, with one in memory at a time.
     *
     * @throws CorruptionException if an update is damaged
     */
    void forEach(long run, int from, int to, Consumer<Stored> sink) {
        streams.query(
                "SELECT round_number, digest, numbers, data, data_at, delta, delta_at FROM round_update"
                        + " WHERE run_id = ? AND round_number >= ? AND round_number < ? ORDER BY round_number",
                row -> {
                    sink.accept(verified(run, row));
                },
                run,
                from,
                to);
    }

    private Stored verified(long run, ResultSet row) throws SQLException {
        byte[] numbers = row.getBytes(3);
        byte[] data;
        byte[] delta;
        try {
            data = Objects.requireNonNull(bytes.read(row, 4));
            delta = bytes.read(row, 6);
        } catch (MissingObjectException e) {
            throw CorruptionException.missing(run, row.getInt(1), CorruptionException.NOBODY, e);
        }
        if (row.getLong(2) != digest(row.getInt(1), numbers, data, delta)) {
            throw new CorruptionException(
                    run,
                    row.getInt(1),
                    CorruptionException.NOBODY,
                    "the stored update is not the one that was written: its digest differs");
        }
        return new Stored(StepMemoryCodec.decode(numbers), data, delta);
    }

    /** Returns the oldest round whose update is kept. */
    public OptionalInt oldest(long run) {
        Integer round =
                jdbc.queryForObject("SELECT MIN(round_number) FROM round_update WHERE run_id = ?", Integer.class, run);
        return round == null ? OptionalInt.empty() : OptionalInt.of(round);
    }

    /** Deletes the updates of the rounds before one. */
    public void deleteBefore(long run, int round) {
        bytes.delete(
                "round_update",
                "run_id = ? AND round_number < ?",
                Integer.MAX_VALUE,
                List.of("data", "delta"),
                run,
                round);
    }

    /** Returns how many bytes devices download of the rounds {@code from <= k < to}; empty if one of them is not kept. */
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
