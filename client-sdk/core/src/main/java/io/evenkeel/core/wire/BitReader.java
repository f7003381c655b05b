package io.evenkeel.core.wire;

import io.evenkeel.core.wire.WireException.Fault;

/** Reads bits from the lowest of each byte upwards, never beyond the end, and not a byte more than it needs. */
final class BitReader {

    private final byte[] bytes;
    private final int end;
    private final int limit;
    private final String what;
    private int position;
    private long pending;
    private int available;

    BitReader(WireReader in, String what) {
        this.bytes = in.bytes();
        this.position = in.position();
        this.end = in.end();
        this.limit = in.limit();
        this.what = what;
    }

    /** Returns the position of the byte the last bit came from. */
    int position() {
        return position - 1;
    }

    /** Reads a number of {@code width} bits, 0 to 31. */
    int read(int width) {
        while (available < width) {
            load();
        }
        int value = (int) (pending & ((1L << width) - 1));
        drop(width);
        return value;
    }

    /** Counts zeros up to a one; gives up soon after {@code most} and returns a larger number. */
    long unary(long most) {
        long zeros = 0;
        while (pending == 0) {
            zeros += available;
            available = 0;
            if (zeros > most) {
                return zeros;
            }
            load();
        }
        int last = Long.numberOfTrailingZeros(pending);
        drop(last + 1);
        return zeros + last;
    }

    /** Checks that the rest of the last byte is zeros and returns the position behind it. */
    int finish() {
        if (pending != 0) {
            throw new WireException(
                    Fault.NOT_CANONICAL, position - 1, "padding bits that are set behind the " + what, "zeros");
        }
        return position;
    }

    private void drop(int width) {
        pending >>>= width;
        available -= width;
    }

    private void load() {
        if (position == end) {
            throw new WireException(Fault.TRUNCATED, limit, "the end", "more bits of the " + what);
        }
        pending |= (bytes[position++] & 0xFFL) << available;
        available += Byte.SIZE;
    }
}
