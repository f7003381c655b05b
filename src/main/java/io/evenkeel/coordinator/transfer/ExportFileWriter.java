package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.core.wire.Digest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Writes an export: magic, version, time, records, end. A record consists of its part, its length, its content and a
 * CRC32C of all of these. The last records may list omitted data. The end contains the number of records and the
 * SHA-256 of everything before it. Not thread-safe.
 */
final class ExportFileWriter {

    static final byte[] MAGIC = {'E', 'V', 'K', 'R'};
    static final int VERSION = 1;
    static final int LEFT_OUT = 40;
    static final int END = 255;
    static final int HEADER_BYTES = 1 + Integer.BYTES;

    private final OutputStream out;
    private final MessageDigest digest = Digest.sha256();
    private long records;

    /** Writes the head of the file. */
    ExportFileWriter(OutputStream out, Instant now) throws IOException {
        this.out = out;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(head);
        data.write(MAGIC);
        data.writeInt(VERSION);
        data.writeLong(now.toEpochMilli());
        put(head.toByteArray());
    }

    /**
     * Writes a record's content. Called twice, because the length precedes the content; must write the same bytes each
     * time.
     */
    @FunctionalInterface
    interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    /** Writes a record without copying it in memory. */
    void record(int part, Content content) throws IOException {
        framed(part, content, new DigestOutputStream(out, digest));
        records++;
    }

    /**
     * Records in a sentence what data was omitted from the file, and why. Only further such records or the end may
     * follow.
     */
    void leftOut(String what) throws IOException {
        record(LEFT_OUT, data -> FieldCodec.write(ExportedColumn.Type.TEXT, what, data));
    }

    /** Writes the end; a file without one is incomplete. */
    void end() throws IOException {
        byte[] hash = digest.digest();
        framed(
                END,
                data -> {
                    data.writeLong(records);
                    data.write(hash);
                },
                out);
        out.flush();
    }

    private static void framed(int part, Content content, OutputStream out) throws IOException {
        DataOutputStream measure = new DataOutputStream(OutputStream.nullOutputStream());
        content.write(measure);
        if (measure.size() == Integer.MAX_VALUE) {
            throw new IOException("a record is longer than 2 GiB");
        }
        CRC32C crc = new CRC32C();
        DataOutputStream data = new DataOutputStream(new CheckedOutputStream(out, crc));
        data.writeByte(part);
        data.writeInt(measure.size());
        content.write(data);
        data.writeInt((int) crc.getValue());
    }

    private void put(byte[] bytes) throws IOException {
        digest.update(bytes);
        out.write(bytes);
    }
}
