package io.evenkeel.core.wire;

import java.nio.ByteBuffer;

/** Writes little-endian fields to an array whose size was computed before. */
final class WireWriter {

    private final byte[] bytes;
    private final ByteBuffer view;
    private int position;

    WireWriter(byte[] bytes, int position) {
        this.bytes = bytes;
        this.view = LittleEndian.view(bytes);
        this.position = position;
    }

    /** Returns an array of {@code size} bytes, or throws if no array can be that large. */
    static byte[] allocate(long size) {
        return new byte[checkedSize(size)];
    }

    static int checkedSize(long size) {
        // Some JVMs reserve a few elements of the largest array.
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("the encoding takes " + size
                    + " bytes, more than an array can hold: use a compressor or a shorter value coding");
        }
        return (int) size;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    void moveTo(int newPosition) {
        position = newPosition;
    }

    void u8(int value) {
        bytes[position++] = (byte) value;
    }

    void i16(int value) {
        view.putShort(position, (short) value);
        position += Short.BYTES;
    }

    void i32(int value) {
        view.putInt(position, value);
        position += Integer.BYTES;
    }

    void i64(long value) {
        view.putLong(position, value);
        position += Long.BYTES;
    }

    void f32(float value) {
        i32(Float.floatToRawIntBits(value));
    }

    void f64(double value) {
        i64(Double.doubleToRawLongBits(value));
    }

    /** Writes the checksum of everything from {@code start} to the current position. */
    void checksum(int start) {
        i32(Checksum.of(bytes, start, position));
    }
}
