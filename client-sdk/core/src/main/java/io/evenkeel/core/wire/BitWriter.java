package io.evenkeel.core.wire;

import java.nio.ByteBuffer;

/** Writes bits from the lowest of each byte upwards. */
final class BitWriter {

    private static final int WORD = 32;

    private final byte[] bytes;
    private final ByteBuffer view;
    private int position;
    private long pending;
    private int filled;

    BitWriter(byte[] bytes, int position) {
        this.bytes = bytes;
        this.view = LittleEndian.view(bytes);
        this.position = position;
    }

    /** Writes the lowest {@code width} bits of a number that has no others, 0 to 32 of them. */
    void write(int value, int width) {
        pending |= (value & 0xFFFFFFFFL) << filled;
        filled += width;
        if (filled >= WORD) {
            view.putInt(position, (int) pending);
            position += Integer.BYTES;
            pending >>>= WORD;
            filled -= WORD;
        }
    }

    /** Writes {@code zeros} zeros and a one. */
    void unary(int zeros) {
        int rest = zeros;
        for (; rest >= WORD; rest -= WORD) {
            write(0, WORD);
        }
        write(1 << rest, rest + 1);
    }

    /**
     * Writes a number in truncated binary: in {@code shortWidth} bits if it is below the cut, else in one more.
     *
     * @param value below 2^31, and with the cut below 2^32
     */
    void truncated(int value, int shortWidth, int cut) {
        if (value < cut) {
            write(value, shortWidth);
        } else {
            int shifted = value + cut;
            write(shifted >>> 1, shortWidth);
            write(shifted & 1, 1);
        }
    }

    /** Fills up the last byte with zeros and returns the position behind it. */
    int finish() {
        for (; filled > 0; filled -= Byte.SIZE) {
            bytes[position++] = (byte) pending;
            pending >>>= Byte.SIZE;
        }
        return position;
    }
}
