package io.evenkeel.core.frame;

import java.lang.reflect.Constructor;
import java.util.Objects;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * Computes CRC-32C (Castagnoli, RFC 3720) with tables, eight bytes at a time, for platforms without
 * {@code java.util.zip.CRC32C}, such as Android before API 34.
 *
 * <p>Table {@code k} holds the remainder of each byte followed by {@code k} zero bytes, so that eight bytes
 * are looked up independently ("slicing by 8": Kounavis and Berry, IEEE ISCC 2005). {@link #create} prefers
 * the platform's implementation, which uses the processor's instruction.
 *
 * <p>Not thread-safe.
 */
public final class Crc32c implements Checksum {

    /** 0x1EDC6F41 with its bits reversed. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int SLICES = 8;
    private static final int[][] TABLES = tables();
    private static final @Nullable Constructor<? extends Checksum> PLATFORM = platform();

    /** The remainder so far, inverted. */
    private int remainder = -1;

    Crc32c() {}

    /**
     * Returns a new checksum: the platform's CRC-32C if it has one, otherwise this class. Both give the same values.
     */
    public static Checksum create() {
        if (PLATFORM == null) {
            return new Crc32c();
        }
        try {
            return PLATFORM.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the platform's CRC32C has no usable constructor", e);
        }
    }

    private static @Nullable Constructor<? extends Checksum> platform() {
        try {
            return Class.forName("java.util.zip.CRC32C")
                    .asSubclass(Checksum.class)
                    .getConstructor();
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static int[][] tables() {
        int[][] tables = new int[SLICES][256];
        for (int b = 0; b < 256; b++) {
            int rest = b;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                rest = (rest >>> 1) ^ ((rest & 1) == 0 ? 0 : POLYNOMIAL);
            }
            tables[0][b] = rest;
        }
        for (int k = 1; k < SLICES; k++) {
            for (int b = 0; b < 256; b++) {
                int shorter = tables[k - 1][b];
                tables[k][b] = (shorter >>> Byte.SIZE) ^ tables[0][shorter & 0xFF];
            }
        }
        return tables;
    }

    @Override
    public void update(int b) {
        remainder = (remainder >>> Byte.SIZE) ^ TABLES[0][(remainder ^ b) & 0xFF];
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset + length;
        int at = offset;
        int rest = remainder;
        for (; end - at >= SLICES; at += SLICES) {
            int low = rest ^ LittleEndian.getInt(bytes, at);
            int high = LittleEndian.getInt(bytes, at + Integer.BYTES);
            rest = TABLES[7][low & 0xFF]
                    ^ TABLES[6][(low >>> 8) & 0xFF]
                    ^ TABLES[5][(low >>> 16) & 0xFF]
                    ^ TABLES[4][low >>> 24]
                    ^ TABLES[3][high & 0xFF]
                    ^ TABLES[2][(high >>> 8) & 0xFF]
                    ^ TABLES[1][(high >>> 16) & 0xFF]
                    ^ TABLES[0][high >>> 24];
        }
        remainder = rest;
        for (; at < end; at++) {
            update(bytes[at]);
        }
    }

    @Override
    public long getValue() {
        return ~remainder & 0xFFFFFFFFL;
    }

    @Override
    public void reset() {
        remainder = -1;
    }
}
