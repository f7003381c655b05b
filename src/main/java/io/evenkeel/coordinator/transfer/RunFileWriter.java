package io.evenkeel.coordinator.transfer;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * Writes a run's file: magic, version, time, records, end. A record is its part, its length, its content and a CRC32C of all that;
 * the end has the number of records and the SHA-256 of everything before it. Not thread-safe.
 */
final class RunFileWriter {

    static final byte[] MAGIC = {'E', 'V', 'K', 'R'};
    static final int VERSION = 1;
    static final int END = 255;
    static final int HEADER_BYTES = 1 + Integer.BYTES;

    private final OutputStream out;
    private final MessageDigest digest = RunFileReader.sha256();
    private long records;

    /** Writes the head of the file. */
    RunFileWriter(OutputStream out, Instant now) throws IOException {
        this.out = out;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(head);
        data.write(MAGIC);
        data.writeInt(VERSION);
        data.writeLong(now.toEpochMilli());
        put(head.toByteArray());
    }

    /** Writes a record. */
    void record(int part, byte[] content) throws IOException {
        put(framed(part, content));
        records++;
    }

    /** Writes the end; a file without one is incomplete. */
    void end() throws IOException {
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(end);
        data.writeLong(records);
        data.write(digest.digest());
        out.write(framed(END, end.toByteArray()));
        out.flush();
    }

    private static byte[] framed(int part, byte[] content) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream(content.length + HEADER_BYTES + Integer.BYTES);
        DataOutputStream data = new DataOutputStream(record);
        data.writeByte(part);
        data.writeInt(content.length);
        data.write(content);
        CRC32C crc = new CRC32C();
        crc.update(record.toByteArray());
        data.writeInt((int) crc.getValue());
        return record.toByteArray();
    }

    private void put(byte[] bytes) throws IOException {
        digest.update(bytes);
        out.write(bytes);
    }
}
