package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.objects.ObjectRange;
import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payloads of several rows at a time, so that adjacent payloads in a segment take one request, and
 * passes them on in the order of the rows. Not thread-safe.
 */
final class PayloadWindow {

    /** The maximum number of bytes of payloads in memory, not counting the last one. */
    private static final long BYTES = 4L << 20;

    private final StoredBytes stored;
    private final List<Row> rows = new ArrayList<>();
    private long bytes;

    PayloadWindow(StoredBytes stored) {
        this.stored = stored;
    }

    /** Receives a payload. */
    @FunctionalInterface
    interface Reader {

        /**
         * Receives the payload of a row.
         *
         * @param payload null if the payload is deleted
         */
        void read(byte @Nullable [] payload);
    }

    /** A row that has not been passed on yet, with the range of its payload or the payload itself. */
    private static final class Row {

        private final @Nullable String range;
        private final byte @Nullable [] inline;
        private final Reader reader;

        Row(@Nullable String range, byte @Nullable [] inline, Reader reader) {
            this.range = range;
            this.inline = inline;
            this.reader = reader;
        }
    }

    /**
     * Adds a row of a query's result.
     *
     * @param column the column of the payload; the next column contains its range
     * @param reader receives the payload, possibly only in {@link #finish}
     */
    void add(ResultSet row, int column, Reader reader) throws SQLException {
        String range = row.getString(column + 1);
        byte[] inline = range == null ? Blobs.read(row, column) : null;
        rows.add(new Row(range, inline, reader));
        bytes += range != null ? ObjectRange.parse(range).length() : (inline == null ? 0 : inline.length);
        if (bytes >= BYTES) {
            finish();
        }
    }

    /** Passes the remaining rows to their readers. */
    void finish() {
        Map<String, byte[]> read = stored.read(
                rows.stream().map(row -> row.range).filter(Objects::nonNull).toList());
        for (Row row : rows) {
            row.reader.read(row.range == null ? row.inline : read.remove(row.range));
        }
        rows.clear();
        bytes = 0;
    }
}
