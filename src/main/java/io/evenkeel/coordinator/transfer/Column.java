package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.Blobs;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table in the file.
 *
 * @param name its name in the database
 * @param type how its values are written
 */
record Column(String name, Type type) {

    /** How values are written, behind a byte that says whether there is one. Numbers are big-endian. */
    enum Type {
        WHOLE,
        REAL,
        FLAG,
        TEXT,
        TIME,
        BYTES
    }

    static Column whole(String name) {
        return new Column(name, Type.WHOLE);
    }

    static Column real(String name) {
        return new Column(name, Type.REAL);
    }

    static Column flag(String name) {
        return new Column(name, Type.FLAG);
    }

    static Column text(String name) {
        return new Column(name, Type.TEXT);
    }

    static Column time(String name) {
        return new Column(name, Type.TIME);
    }

    static Column bytes(String name) {
        return new Column(name, Type.BYTES);
    }

    /** Reads a value from the database. */
    @Nullable
    Object read(ResultSet row, int index) throws SQLException {
        Object value = switch (type) {
            case WHOLE -> row.getLong(index);
            case REAL -> row.getDouble(index);
            case FLAG -> row.getBoolean(index);
            case TEXT -> row.getString(index);
            case TIME -> row.getObject(index, OffsetDateTime.class);
            case BYTES -> Blobs.read(row, index);
        };
        return row.wasNull() ? null : value;
    }

    /** Writes a value that {@link #read(ResultSet, int)} returned to the file. */
    void write(@Nullable Object value, DataOutputStream out) throws IOException {
        out.writeBoolean(value != null);
        if (value == null) {
            return;
        }
        switch (type) {
            case WHOLE -> out.writeLong((Long) value);
            case REAL -> out.writeDouble((Double) value);
            case FLAG -> out.writeBoolean((Boolean) value);
            case TEXT -> write(((String) value).getBytes(StandardCharsets.UTF_8), out);
            case TIME -> {
                OffsetDateTime time = (OffsetDateTime) value;
                out.writeLong(time.toEpochSecond());
                out.writeInt(time.getNano());
            }
            case BYTES -> write((byte[]) value, out);
        }
    }

    private static void write(byte[] some, DataOutputStream out) throws IOException {
        out.writeInt(some.length);
        out.write(some);
    }

    /** Reads a value from the file, as the database takes it. */
    @Nullable
    Object read(DataInputStream in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        return switch (type) {
            case WHOLE -> in.readLong();
            case REAL -> in.readDouble();
            case FLAG -> in.readBoolean();
            case TEXT -> new String(some(in), StandardCharsets.UTF_8);
            case TIME -> Instant.ofEpochSecond(in.readLong(), in.readInt()).atOffset(ZoneOffset.UTC);
            case BYTES -> some(in);
        };
    }

    private static byte[] some(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a value of " + length + " bytes, with " + in.available() + " left in its record");
        }
        return in.readNBytes(length);
    }
}
