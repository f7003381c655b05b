package io.evenkeel.core.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Numbers in little-endian arrays, with nothing that Android API 26 lacks.
 *
 * <p>A loop over many numbers takes a {@link #view}, which the JIT compiles to one load or store a number.
 */
final class LittleEndian {

    private LittleEndian() {}

    /** Returns a view whose absolute gets and puts have the array's offsets. */
    static ByteBuffer view(byte[] bytes) {
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
