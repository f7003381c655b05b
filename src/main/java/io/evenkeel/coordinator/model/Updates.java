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
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Encoding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The table {@code round_update}: a redo log of the changes of each closed round. Any later state can be
 * computed from a checkpoint and the updates after it. Devices get the same bytes for their replicas; with a
 * lossy downlink, they get the deltas of their model instead. Works in the caller's transaction.
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
                            RowDigest.of((int) row.whole("round_number"), row.bytes("numbers"), row.bytes("data")),
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

    /** A stored round. Its digest is checked after the reader returns. */
    static final class Stored {

        private final int round;
        private final double[] numbers;
        private final InputStream data;
        private final long length;
        private final byte @Nullable [] delta;

        private Stored(int round, double[] numbers, InputStream data, long length, byte @Nullable [] delta) {
            this.round = round;
            this.numbers = numbers;
            this.data = data;
            this.length = length;
            this.delta = delta;
        }

        int round() {
            return round;
        }

        /** Returns the step rule's numbers after the round. */
        double[] numbers() {
            return numbers;
        }

        /** Returns a stream of the encoded update, which can be read only once. */
        InputStream data() {
            return data;
        }

        /** Returns the length of the encoded update. */
        long length() {
            return length;
        }

        /** Returns the encoded delta of the devices' model, null without a lossy downlink. */
        byte @Nullable [] delta() {
            return delta;
        }

        /**
         * Writes the data of the round that devices download.
         *
         * @throws IOException if it cannot be read
         * @throws UncheckedIOException if it cannot be written
         */
        void writeForDevices(OutputStream out) throws IOException {
            InputStream in = delta == null ? data : new ByteArrayInputStream(delta);
            byte[] piece = new byte[1 << 16];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                write(piece, count, out);
            }
        }

        /** Distinguishes a failure to write from a failure to read the storage. */
        private static void write(byte[] piece, int count, OutputStream out) {
            try {
                out.write(piece, 0, count);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Reads a stored round. The results must be discarded if {@link #forEach} throws. */
    @FunctionalInterface
    interface Reader {
        void read(Stored stored) throws IOException;
    }

    /** A round's change whose bytes have been stored, to be passed to {@link #save(long, Written)}. */
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
     * Stores the bytes of a round's changes. Must be called before the transaction that saves them.
     *
     * @param stepNumbers the step rule's numbers after the round
     */
    public Written write(RoundChange change, double[] stepNumbers) {
        int round = change.update().round();
        byte[] numbers = StepMemoryCodec.encode(stepNumbers);
        // Encodes the update twice, for the digest and for the store, so that the bytes are never all in
        // memory.
        Encoding update = change.update().encoding();
        Content data = new Content(update.length(), update::toStream);
        byte[] delta = change.delta() == null ? null : change.delta().encode();
        return new Written(
                round,
                Math.toIntExact(delta == null ? data.length() : delta.length),
                digest(RowDigest.of(round, Digest.of(numbers), data.digest()), delta),
                numbers,
                bytes.place(data, delta == null ? null : Content.of(delta)));
    }

    /** Saves a round's changes. */
    public void save(long run, Written written) {
        Placed placed = written.placed;
        jdbc.update(
                "INSERT INTO round_update (run_id, round_number, bytes, digest, numbers, data, data_at, delta,"
                        + " delta_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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

    /** Returns the digests of the stored rows, by round. */
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
    private static long digest(long withoutDelta, byte @Nullable [] delta) {
        return delta == null || delta.length == 0 ? withoutDelta : RowDigest.of(delta, withoutDelta);
    }

    /**
     * Reads the rounds {@code from <= k < to} in order.
     *
     * @throws CorruptionException if an update is damaged
     */
    void forEach(long run, int from, int to, Reader reader) {
        streams.query(
                "SELECT round_number, digest, numbers, data, data_at, OCTET_LENGTH(data), delta, delta_at FROM"
                        + " round_update WHERE run_id = ? AND round_number >= ? AND round_number < ? ORDER BY"
                        + " round_number",
                row -> {
                    read(run, row, reader);
                },
                run,
                from,
                to);
    }

    private void read(long run, ResultSet row, Reader reader) throws SQLException {
        int round = row.getInt(1);
        long digest = row.getLong(2);
        byte[] numbers = row.getBytes(3);
        long length = bytes.length(row, 4);
        MessageDigest sha = Digest.sha256();
        try {
            byte[] delta = bytes.read(row, 7);
            RuntimeException failure = null;
            try (InputStream data = new DigestInputStream(bytes.open(row, 4), sha)) {
                try {
                    reader.read(new Stored(round, StepMemoryCodec.decode(numbers), data, length, delta));
                } catch (RuntimeException e) {
                    // Damaged data may make decoding fail in any way before the digest is checked.
                    failure = e;
                }
                data.transferTo(OutputStream.nullOutputStream());
            }
            if (digest != digest(RowDigest.of(round, Digest.of(numbers), Digest.of(sha)), delta)) {
                throw new CorruptionException(
                        run,
                        round,
                        CorruptionException.NOBODY,
                        "the stored update differs from the one that was written: its digest differs");
            }
            if (failure != null) {
                throw failure;
            }
        } catch (MissingObjectException e) {
            throw CorruptionException.missing(run, round, CorruptionException.NOBODY, e);
        } catch (IOException e) {
            throw new SQLException("an update cannot be read", e);
        }
    }

    /** Returns the oldest round whose update is stored. */
    public OptionalInt oldest(long run) {
        Integer round =
                jdbc.queryForObject("SELECT MIN(round_number) FROM round_update WHERE run_id = ?", Integer.class, run);
        return round == null ? OptionalInt.empty() : OptionalInt.of(round);
    }

    /** Deletes the updates of all rounds before a given one. */
    public void deleteBefore(long run, int round) {
        bytes.delete(
                "round_update",
                "run_id = ? AND round_number < ?",
                Integer.MAX_VALUE,
                List.of("data", "delta"),
                run,
                round);
    }

    /**
     * Returns how many bytes a device downloads for the rounds {@code from <= k < to}; empty if one of them
     * is not stored.
     */
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
