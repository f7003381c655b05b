package io.evenkeel.core.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads little-endian numbers from arrays, using only methods that are available in Android API 26.
 *
 * <p>Loops over many numbers use a {@link #view}, which the JIT compiles to one load or store per number.
 */
public final class LittleEndian {

    private LittleEndian() {}

    /** Returns a view whose absolute gets and puts use the array's offsets. */
    public static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns the four bytes at an offset as a number. */
    static int getInt(byte[] bytes, int at) {
        return (bytes[at] & 0xFF)
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFF) << 24;
    }
}
