package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the values in the file. The first byte is 0 for null, otherwise 1. Numbers are big-endian. A time
 * consists of the seconds since 1970 and the nanoseconds. Text and bytes follow their length.
 */
final class FieldCodec {

    private FieldCodec() {}

    static void write(ExportedColumn.Type type, @Nullable Object value, DataOutputStream out) throws IOException {
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

    static @Nullable Object read(ExportedColumn.Type type, DataInputStream in) throws IOException {
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
            throw new IOException(
                    "a value has " + length + " bytes, but only " + in.available() + " are left in its record");
        }
        return in.readNBytes(length);
    }
}
