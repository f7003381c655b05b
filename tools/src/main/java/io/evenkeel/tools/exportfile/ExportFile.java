package io.evenkeel.tools.exportfile;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads the file of an exported run record by record and verifies every checksum in it.
 *
 * <pre>
 * head    magic EVKR, version (int, 1), time of the export in ms (long)
 * record  kind (byte), length of the content (int), content, CRC32C of all of these (int)
 * end     a record of kind 255: the number of records (long), SHA-256 of everything before it
 * </pre>
 *
 * <p>Numbers are big-endian. Keeps one record in memory. Not thread-safe.
 */
public final class ExportFile {

    /** The kind of a record that describes what was left out of the file, and why. Such records come last. */
    public static final int LEFT_OUT = 40;

    private static final byte[] MAGIC = "EVKR".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int END = 255;

    private final InputStream in;
    private final MessageDigest digest = sha256();
    private long position;
    private long records;

    private ExportFile(InputStream in) {
        this.in = in;
    }

    /** Receives the records. */
    @FunctionalInterface
    public interface Sink {

        /**
         * Receives a record with a valid checksum. Its content is verified only after the whole file has been read.
         *
         * @param kind 1 to 254
         * @param content its content, column by column
         */
        void accept(int kind, DataInputStream content) throws IOException;
    }

    /**
     * Reads a whole file.
     *
     * @return the number of records
     * @throws DamagedExportFileException at the first damaged byte, or if bytes are missing
     */
    public static long read(InputStream in, Sink sink) throws IOException {
        return new ExportFile(in).read(sink);
    }

    /** Reads the content of a record of kind {@link #LEFT_OUT}: a sentence. */
    public static String leftOut(DataInputStream content) throws IOException {
        return content.readBoolean() ? new String(content.readNBytes(content.readInt()), StandardCharsets.UTF_8) : "";
    }

    private long read(Sink sink) throws IOException {
        head();
        while (true) {
            long at = position;
            byte[] header = take(1 + Integer.BYTES);
            int kind = header[0] & 0xFF;
            int length = ByteBuffer.wrap(header, 1, Integer.BYTES).getInt();
            if (kind == 0 || length < 0) {
                throw new DamagedExportFileException(
                        at, "there is no record of kind " + kind + " and length " + length);
            }
            byte[] content = take(length);
            byte[] checksum = take(Integer.BYTES);
            CRC32C crc = new CRC32C();
            crc.update(header);
            crc.update(content);
            if (ByteBuffer.wrap(checksum).getInt() != (int) crc.getValue()) {
                throw new DamagedExportFileException(
                        at, "the checksum of the record does not match its " + length + " bytes");
            }
            if (kind == END) {
                end(at, content);
                return records;
            }
            for (byte[] bytes : new byte[][] {header, content, checksum}) {
                digest.update(bytes);
            }
            records++;
            sink.accept(kind, new DataInputStream(new ByteArrayInputStream(content)));
        }
    }

    private void head() throws IOException {
        byte[] head = take(MAGIC.length + Integer.BYTES + Long.BYTES);
        if (!Arrays.equals(MAGIC, 0, MAGIC.length, head, 0, MAGIC.length)) {
            throw new DamagedExportFileException(0, "this is not an export of a run");
        }
        int version = ByteBuffer.wrap(head, MAGIC.length, Integer.BYTES).getInt();
        if (version != VERSION) {
            throw new DamagedExportFileException(MAGIC.length, "the version is " + version + ", expected " + VERSION);
        }
        digest.update(head);
    }

    private void end(long at, byte[] content) throws IOException {
        byte[] expected = ByteBuffer.allocate(Long.BYTES + digest.getDigestLength())
                .putLong(records)
                .put(digest.digest())
                .array();
        if (!Arrays.equals(content, expected)) {
            throw new DamagedExportFileException(
                    at, "the end record does not match the " + records + " records before it");
        }
        if (in.read() >= 0) {
            throw new DamagedExportFileException(position, "bytes follow after the end");
        }
    }

    private byte[] take(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        position += bytes.length;
        if (bytes.length < length) {
            throw new DamagedExportFileException(
                    position, "the file ends here, in the middle of a record or before its end");
        }
        return bytes;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
