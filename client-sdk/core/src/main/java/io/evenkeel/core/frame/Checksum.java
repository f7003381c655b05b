package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;

/** CRC32C (Castagnoli), stored as four little-endian bytes after the bytes it covers. */
public final class Checksum {

    public static final int BYTES = Integer.BYTES;

    private Checksum() {}

    static int of(byte[] bytes, int from, int to) {
        java.util.zip.Checksum crc = Crc32c.create();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    /** Returns whether the four bytes at {@code to} are the checksum of the bytes from {@code from} to {@code to}. */
    public static boolean matches(byte[] bytes, int from, int to) {
        return LittleEndian.getInt(bytes, to) == of(bytes, from, to);
    }

    public static WireException corrupted(byte[] bytes, int from, int to) {
        return new WireException(
                Fault.CORRUPTED,
                to,
                "checksum " + Integer.toHexString(LittleEndian.getInt(bytes, to)),
                Integer.toHexString(of(bytes, from, to)) + " for bytes " + from + " to " + (to - 1));
    }
}
