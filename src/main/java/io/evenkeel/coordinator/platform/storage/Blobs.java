package io.evenkeel.coordinator.platform.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Blob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.support.SqlBinaryValue;

/**
 * Writes and reads large values with few copies. H2 copies an array twice when writing it and three times
 * when reading it, but never copies a stream.
 */
public final class Blobs {

    /** The length in bytes below which copying is cheaper than a stream. */
    private static final int SHORT = 1 << 16;

    private Blobs() {}

    /** Returns a parameter for a statement. */
    public static Object parameter(byte[] bytes) {
        return bytes.length <= SHORT ? bytes : parameter(new ByteArrayInputStream(bytes), bytes.length);
    }

    /**
     * Returns a parameter whose stream is read while the statement is executed.
     *
     * @param length the number of bytes
     */
    public static Object parameter(InputStream bytes, long length) {
        return new SqlBinaryValue(bytes, length);
    }

    /** Reads a whole column; returns null for NULL. */
    public static byte @Nullable [] read(ResultSet row, int column) throws SQLException {
        if (row.getMetaData().getColumnType(column) != Types.BLOB) {
            return row.getBytes(column);
        }
        Blob blob = row.getBlob(column);
        if (blob == null) {
            return null;
        }
        if (blob.length() <= SHORT) {
            return row.getBytes(column);
        }
        byte[] bytes = new byte[Math.toIntExact(blob.length())];
        try (InputStream in = blob.getBinaryStream()) {
            if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new SQLException("the stored value ends before its length");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }
}
