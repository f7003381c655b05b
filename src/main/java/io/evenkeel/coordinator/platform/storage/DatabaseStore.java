package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table {@code object_chunk}, which stores objects in pieces. So an object can be longer than a column
 * allows, and is never completely in memory.
 *
 * <p>With H2, an object becomes durable with the sync of the transaction that refers to it, because both are
 * in one file.
 */
final class DatabaseStore implements ObjectStore {

    private static final int CHUNK = 1 << 18;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    DatabaseStore(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
    }

    @Override
    public void put(String name, Content content) {
        transaction.executeWithoutResult(status -> {
            try (InputStream in = content.source().open()) {
                long written = insert(name, in);
                if (written != content.length()) {
                    throw new IOException(written + " bytes arrived, expected " + content.length());
                }
            } catch (IOException e) {
                throw new ObjectStoreException(toString(), "write object " + name, e);
            }
        });
    }

    private long insert(String name, InputStream in) throws IOException {
        long written = 0;
        int number = 0;
        for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; chunk = in.readNBytes(CHUNK)) {
            jdbc.update(
                    "INSERT INTO object_chunk (name, number, data) VALUES (?, ?, ?)",
                    name,
                    number++,
                    Blobs.parameter(chunk));
            written += chunk.length;
        }
        return written;
    }

    @Override
    public InputStream open(ObjectRange range) {
        Chunks chunks = new Chunks(range);
        if (range.length() > 0) {
            chunks.next();
        }
        return chunks;
    }

    /** Reads a range, with one chunk in memory. */
    private final class Chunks extends InputStream {

        private final ObjectRange range;
        private final long end;
        private long position;
        private byte[] chunk = {};

        Chunks(ObjectRange range) {
            this.range = range;
            this.position = range.offset();
            this.end = range.offset() + range.length();
        }

        private void next() {
            int number = Math.toIntExact(position / CHUNK);
            List<byte[]> found = jdbc.query(
                    "SELECT data FROM object_chunk WHERE name = ? AND number = ?",
                    (row, i) -> Objects.requireNonNull(Blobs.read(row, 1)),
                    range.name(),
                    number);
            if (found.isEmpty()) {
                throw MissingObjectException.of(range, DatabaseStore.this.toString());
            }
            chunk = found.get(0);
            if (number * (long) CHUNK + chunk.length <= position) {
                throw MissingObjectException.tooShort(range, DatabaseStore.this.toString());
            }
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (position >= end) {
                return length == 0 ? 0 : -1;
            }
            int from = (int) (position % CHUNK);
            if (from == 0 && position > range.offset()) {
                next();
            }
            if (from >= chunk.length) {
                throw MissingObjectException.tooShort(range, DatabaseStore.this.toString());
            }
            int count = (int) Math.min(Math.min(length, end - position), chunk.length - from);
            System.arraycopy(chunk, from, into, offset, count);
            position += count;
            return count;
        }
    }

    @Override
    public void delete(String name) {
        jdbc.update("DELETE FROM object_chunk WHERE name = ?", name);
    }

    @Override
    public List<String> list(String after, int limit) {
        return jdbc.queryForList(
                "SELECT name FROM object_chunk WHERE number = 0 AND name > ? ORDER BY name FETCH FIRST " + limit
                        + " ROWS ONLY",
                String.class,
                after);
    }

    @Override
    public void check() {
        var unused = list("", 1);
    }

    @Override
    public boolean isDatabase() {
        return true;
    }

    @Override
    public String toString() {
        return "the database";
    }
}
