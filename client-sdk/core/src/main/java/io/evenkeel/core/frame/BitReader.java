package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;
import java.nio.ByteBuffer;

/** Reads bits, lowest bit of each byte first. Never reads beyond the end or more bytes than needed. */
final class BitReader {

    private final byte[] bytes;
    private final ByteBuffer view;
    private final int end;
    private final int limit;
    private final String what;
    private int position;
    private long pending;
    private int available;

    BitReader(WireReader in, String what) {
        this.bytes = in.bytes();
        this.view = in.view();
        this.position = in.position();
        this.end = in.end();
        this.limit = in.limit();
        this.what = what;
    }

    /** Returns the position of the byte that contained the last bit. */
    int position() {
        return position - 1 - (available >>> 3);
    }

    /** Reads a number of {@code width} bits, 0 to 31. */
    int read(int width) {
        if (available < width) {
            load(width);
        }
        int value = (int) (pending & ((1L << width) - 1));
        drop(width);
        return value;
    }

    /** Returns the next {@code width} bits, 0 to 31, without consuming them; bits beyond the end are zeros. */
    int peek(int width) {
        if (available < width) {
            fill();
        }
        return (int) (pending & ((1L << width) - 1));
    }

    /** Skips {@code width} bits, 0 to 31. */
    void skip(int width) {
        if (available < width) {
            load(width);
        }
        drop(width);
    }

    /** Reads a number written by {@link BitWriter#truncated}, for widths up to 30. */
    long truncated(int shortWidth, int cut) {
        int head = read(shortWidth);
        return head < cut ? head : 2L * head + read(1) - cut;
    }

    /** Counts the zeros before a one. Stops soon after {@code most} and then returns a larger number. */
    long unary(long most) {
        long zeros = 0;
        while (pending == 0) {
            zeros += available;
            available = 0;
            if (zeros > most) {
                // Sets the reported position to the one at which byte-wise loading would have exceeded the
                // limit.
                position -= (int) ((zeros - most - 1) >>> 3);
                return zeros;
            }
            load(1);
        }
        int last = Long.numberOfTrailingZeros(pending);
        drop(last + 1);
        return zeros + last;
    }

    /** Checks that the remaining bits of the last byte are zero, and returns the position after it. */
    int finish() {
        int unread = available >>> 3;
        position -= unread;
        available -= unread << 3;
        if ((pending & ((1L << available) - 1)) != 0) {
            throw new WireException(
                    Fault.NOT_CANONICAL, position - 1, "padding bits that are set after the " + what, "zeros");
        }
        return position;
    }

    private void drop(int width) {
        pending >>>= width;
        available -= width;
    }

    /** Makes {@code width} bits available, up to 31. */
    private void load(int width) {
        fill();
        if (available < width) {
            throw new WireException(Fault.TRUNCATED, limit, "the end", "more bits of the " + what);
        }
    }

    /** Loads the available bytes, up to 7. */
    private void fill() {
        if (end - position >= Long.BYTES) {
            long next = view.getLong(position);
            int loaded = (Long.SIZE - 1 - available) >>> 3;
            // Reads a whole word, but keeps only whole bytes; the remaining bits are read again later.
            pending |= (next & ((1L << (loaded << 3)) - 1)) << available;
            position += loaded;
            available += loaded << 3;
        } else {
            while (available <= Long.SIZE - 1 - Byte.SIZE && position < end) {
                pending |= (bytes[position++] & 0xFFL) << available;
                available += Byte.SIZE;
            }
        }
    }
}
