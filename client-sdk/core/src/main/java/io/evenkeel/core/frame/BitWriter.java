package io.evenkeel.core.frame;

import java.nio.ByteBuffer;

/** Writes bits, lowest bit of each byte first. */
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

    /** Writes a number of {@code width} bits, 0 to 32; its higher bits must be zero. */
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
     * Writes a number in truncated binary: {@code shortWidth} bits if it is below the cut, otherwise one bit more.
     *
     * @param value below 2^31; the value plus the cut is below 2^32
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

    /** Pads the last byte with zeros and returns the position after it. */
    int finish() {
        for (; filled > 0; filled -= Byte.SIZE) {
            bytes[position++] = (byte) pending;
            pending >>>= Byte.SIZE;
        }
        return position;
    }
}
