package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads an export record by record, and refuses it at the first damaged record. Keeps one record in memory. Not
 * thread-safe.
 */
final class ExportFileReader {

    /** The limit for records outside a run and for the run's record, whose definition has at most 10,000 tensors. */
    private static final long MAX_DEFINITION_BYTES = 64L << 20;

    private final InputStream in;
    private final MessageDigest digest = Digest.sha256();
    private final Instant exportedAt;
    private long position;
    private long recordAt;
    private long records;
    private long longest = MAX_DEFINITION_BYTES;
    private final List<String> leftOut = new ArrayList<>();

    /**
     * A record of the file.
     *
     * @param at the position of the record's first byte
     * @param part the record's table
     * @param row the record's row
     */
    record Entry(long at, Part part, ExportedRow row) {}

    /**
     * Reads the head of the file.
     *
     * @throws ProblemException {@code invalid-frame}
     */
    ExportFileReader(InputStream in) throws IOException {
        this.in = in;
        ByteBuffer head = ByteBuffer.wrap(take(ExportFileWriter.MAGIC.length + Integer.BYTES + Long.BYTES));
        byte[] magic = new byte[ExportFileWriter.MAGIC.length];
        head.get(magic);
        if (!Arrays.equals(magic, ExportFileWriter.MAGIC)) {
            throw refused(0, "this is not an export");
        }
        int version = head.getInt();
        if (version != ExportFileWriter.VERSION) {
            throw refused(magic.length, "the version is " + version + ", expected " + ExportFileWriter.VERSION);
        }
        exportedAt = Instant.ofEpochMilli(head.getLong());
        digest.update(head.array());
    }

    /** Returns when the file was written. */
    Instant exportedAt() {
        return exportedAt;
    }

    /** Returns the notes about omitted data that have been read so far. */
    List<String> leftOut() {
        return leftOut;
    }

    /**
     * Reads the next row; null at the valid end of the file.
     *
     * @throws ProblemException {@code invalid-frame}, with the position
     */
    @Nullable
    Entry next() throws IOException {
        while (true) {
            recordAt = position;
            byte[] header = take(ExportFileWriter.HEADER_BYTES);
            int kind = header[0] & 0xFF;
            Optional<Part> part = leftOut.isEmpty() ? Part.of(kind) : Optional.empty();
            if (part.isPresent()) {
                return row(part.get(), content(header, true));
            } else if (kind == ExportFileWriter.LEFT_OUT) {
                leftOut.add(text(content(header, true)));
            } else if (kind == ExportFileWriter.END) {
                requireEnd(content(header, false));
                return null;
            } else {
                throw refused(recordAt, "there is no record of kind " + kind + " here");
            }
        }
    }

    /** Reads and verifies the content of a record; the end record is not counted. */
    private byte[] content(byte[] header, boolean isCounted) throws IOException {
        int length = ByteBuffer.wrap(header, 1, Integer.BYTES).getInt();
        if (length < 0 || length > longest) {
            throw refused(recordAt, "the record has " + length + " bytes, but the maximum here is " + longest);
        }
        byte[] content = take(length);
        byte[] checksum = take(Integer.BYTES);
        CRC32C crc = new CRC32C();
        crc.update(header);
        crc.update(content);
        if (ByteBuffer.wrap(checksum).getInt() != (int) crc.getValue()) {
            throw refused(recordAt, "the record's checksum does not match its " + length + " bytes");
        }
        if (isCounted) {
            for (byte[] bytes : new byte[][] {header, content, checksum}) {
                digest.update(bytes);
            }
            records++;
        }
        return content;
    }

    private String text(byte[] content) {
        try {
            return String.valueOf(
                    FieldCodec.read(ExportedColumn.Type.TEXT, new DataInputStream(new ByteArrayInputStream(content))));
        } catch (IOException e) {
            throw refused(recordAt, "the record of omitted data cannot be read: " + e.getMessage());
        }
    }

    private Entry row(Part part, byte[] content) {
        @Nullable Object[] values = new @Nullable Object[part.table().columns().size()];
        DataInputStream data = new DataInputStream(new ByteArrayInputStream(content));
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = FieldCodec.read(part.table().columns().get(i).type(), data);
            }
            if (data.available() > 0) {
                throw refused(recordAt, "the record is " + data.available() + " bytes too long");
            }
        } catch (IOException | DateTimeException e) {
            throw refused(recordAt, "the record of " + part.table().name() + " cannot be read: " + e.getMessage());
        }
        return new Entry(recordAt, part, new ExportedRow(part.table(), values));
    }

    private void requireEnd(byte[] content) throws IOException {
        byte[] expected = ByteBuffer.allocate(Long.BYTES + digest.getDigestLength())
                .putLong(records)
                .put(digest.digest())
                .array();
        if (!Arrays.equals(content, expected)) {
            throw refused(recordAt, "the end record does not match the " + records + " records before it");
        }
        if (in.read() >= 0) {
            throw refused(position, "bytes follow after the end");
        }
    }

    /** Limits the length of the next records; a longer one is refused before its content is read. */
    void limit(long bytes) {
        longest = bytes;
    }

    /** Restores the default limit. */
    void unlimit() {
        longest = MAX_DEFINITION_BYTES;
    }

    private byte[] take(int length) throws IOException {
        // readNBytes(length) would need twice the memory for a long record.
        byte[] bytes = new byte[length];
        int read = in.readNBytes(bytes, 0, length);
        position += read;
        if (read < length) {
            throw refused(position, "the file ends here, in the middle of a record or before its end");
        }
        return bytes;
    }

    /** Returns the refusal of the file for an error at a position. */
    static ProblemException refused(long position, String what) {
        return ProblemKind.INVALID_FRAME
                .because(
                        "byte " + position + ": " + what + "; nothing was imported",
                        "copy the file from its origin again, or repeat the export")
                .with("position", position);
    }
}
