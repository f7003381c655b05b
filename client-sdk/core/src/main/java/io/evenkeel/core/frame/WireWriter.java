package io.evenkeel.core.frame;

import java.nio.ByteBuffer;

/** Writes little-endian fields to an array whose size was computed in advance. */
public final class WireWriter {

    private final byte[] bytes;
    private final ByteBuffer view;
    private int position;

    public WireWriter(byte[] bytes, int position) {
        this.bytes = bytes;
        this.view = LittleEndian.view(bytes);
        this.position = position;
    }

    /** Returns an array of {@code size} bytes, or throws if no array can be that large. */
    public static byte[] allocate(long size) {
        return new byte[checkedSize(size)];
    }

    public static int checkedSize(long size) {
        // Some JVMs reserve a few elements of the largest array.
        if (size > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("the encoding takes " + size
                    + " bytes, more than an array can hold: use a compressor or a shorter value coding");
        }
        return (int) size;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int position() {
        return position;
    }

    public void moveTo(int newPosition) {
        position = newPosition;
    }

    public void u8(int value) {
        bytes[position++] = (byte) value;
    }

    public void i16(int value) {
        view.putShort(position, (short) value);
        position += Short.BYTES;
    }

    public void i32(int value) {
        view.putInt(position, value);
        position += Integer.BYTES;
    }

    public void i64(long value) {
        view.putLong(position, value);
        position += Long.BYTES;
    }

    public void f32(float value) {
        i32(Float.floatToRawIntBits(value));
    }

    public void f64(double value) {
        i64(Double.doubleToRawLongBits(value));
    }

    /** Writes the checksum of everything from {@code start} to the current position. */
    public void checksum(int start) {
        i32(Checksum.of(bytes, start, position));
    }
}
