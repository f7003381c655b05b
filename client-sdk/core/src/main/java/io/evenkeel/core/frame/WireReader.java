package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;
import java.nio.ByteBuffer;

/** Reads little-endian fields from a range of an array, and checks every read. */
public final class WireReader {

    private final byte[] bytes;
    private final ByteBuffer view;
    private int position;
    private final int limit;
    private int end;

    WireReader(byte[] bytes, int position, int end) {
        this.bytes = bytes;
        this.view = LittleEndian.view(bytes);
        this.position = position;
        this.limit = end;
        this.end = end;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** Returns a little-endian view of the bytes, for reads by absolute offset. */
    ByteBuffer view() {
        return view;
    }

    public int position() {
        return position;
    }

    public int end() {
        return end;
    }

    /** Returns the end of the bytes, including reserved ones. */
    int limit() {
        return limit;
    }

    public void moveTo(int newPosition) {
        position = newPosition;
    }

    /** Throws unless {@code count} more bytes lie before the end. */
    public void need(long count, String what) {
        if (count > end - position) {
            throw new WireException(
                    Fault.TRUNCATED,
                    limit,
                    "the end, " + (limit - position) + " bytes after byte " + position,
                    (count + limit - end) + " or more there: " + what + (limit == end ? "" : ", and what follows"));
        }
    }

    /** Reserves the last {@code count} bytes: checks that they exist, and excludes them from reading. */
    void reserve(long count, String what) {
        need(count, what);
        end -= (int) count;
    }

    /** Releases {@code count} bytes reserved by {@link #reserve}. */
    void release(long count) {
        end += (int) count;
    }

    public int u8(String what) {
        need(1, what);
        return bytes[position++] & 0xFF;
    }

    public short i16(String what) {
        need(Short.BYTES, what);
        short value = view.getShort(position);
        position += Short.BYTES;
        return value;
    }

    public int i32(String what) {
        need(Integer.BYTES, what);
        int value = view.getInt(position);
        position += Integer.BYTES;
        return value;
    }

    /** Reads a 32-bit number from {@code least} to 2^31 - 1. */
    public int u31(String what, int least, Fault fault) {
        int value = i32(what);
        if (value < least) {
            throw new WireException(
                    fault,
                    position - Integer.BYTES,
                    what + " " + Integer.toUnsignedString(value),
                    least + " to " + Integer.MAX_VALUE);
        }
        return value;
    }

    public long i64(String what) {
        need(Long.BYTES, what);
        long value = view.getLong(position);
        position += Long.BYTES;
        return value;
    }

    /** Reads a float32 scale: finite and without a sign. */
    float scale() {
        int bits = i32("the scale");
        float scale = Float.intBitsToFloat(bits);
        if (bits < 0 || !Float.isFinite(scale)) {
            throw new WireException(
                    Fault.INVALID_VALUE, position - Float.BYTES, "scale " + scale, "a finite number without a sign");
        }
        return scale;
    }

    public double finite(String what) {
        double value = Double.longBitsToDouble(i64(what));
        if (!Double.isFinite(value)) {
            throw new WireException(
                    Fault.INVALID_VALUE, position - Double.BYTES, what + " " + value, "a finite number");
        }
        return value;
    }
}
