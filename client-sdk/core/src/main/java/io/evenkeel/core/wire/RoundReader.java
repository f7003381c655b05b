package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Decodes consecutive parts from an array, one for each round, and checks that their rounds are consecutive. A part is
 * a header, which begins with the part's size and round and ends with a checksum, and a frame. Not thread-safe.
 *
 * @param <T> a part
 */
public abstract class RoundReader<T> implements Iterator<T> {

    private static final int NONE = -1;
    private static final int SIZE_OFFSET = 4;

    private final FormatHeader format;
    private final byte[] bytes;
    private final int end;
    private final FrameLimits limits;
    private int position;
    private int lastRound = NONE;

    RoundReader(FormatHeader format, byte[] bytes, int offset, int length, FrameLimits limits) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.format = format;
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
        this.limits = limits;
    }

    /** Returns the position of the next part, or the end. */
    public final int position() {
        return position;
    }

    @Override
    public final boolean hasNext() {
        return position < end;
    }

    /**
     * Decodes the next part.
     *
     * @throws WireException if it is not a valid part within the limits, or its round does not follow the previous one
     * @throws NoSuchElementException if no byte is left
     */
    @Override
    public final T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no further " + format.text() + " at byte " + position);
        }
        return read();
    }

    /** Decodes the next part like {@link #next}, but reports a missing one as truncated. */
    final T read() {
        int start = position;
        WireReader in = format.open(bytes, start, end - start, Integer.MAX_VALUE);
        checkHeader(in, start);
        int flags = in.u8("the flags");
        FormatHeader.checkFlags(flags, knownFlags(), in.position() - 1);
        int next = start + size(in);
        int round = round(in);
        T part = content(in, flags, round, next);
        position = next;
        lastRound = round;
        return part;
    }

    /**
     * Returns the position of the header's checksum, after checking that it is within the bytes; may move the
     * reader.
     */
    abstract int headerChecksum(WireReader in, int start);

    /** Returns the flags that the format defines. */
    abstract int knownFlags();

    /**
     * Reads the fields after the round.
     *
     * @param next the position after the part
     */
    abstract T content(WireReader in, int flags, int round, int next);

    private void checkHeader(WireReader in, int start) {
        int content = in.position();
        int checksum = headerChecksum(in, start);
        if (!Checksum.matches(bytes, start, checksum)) {
            throw Checksum.corrupted(bytes, start, checksum);
        }
        in.moveTo(content);
    }

    private int size(WireReader in) {
        int size = in.i32("the size");
        int at = in.position() - Integer.BYTES;
        int available = end - (at - SIZE_OFFSET);
        if (size < 0 || size > limits.maxBytes()) {
            throw new WireException(
                    Fault.LIMIT_EXCEEDED,
                    at,
                    "a " + format.text() + " of " + Integer.toUnsignedString(size) + " bytes",
                    "at most " + limits.maxBytes());
        }
        if (size > available) {
            throw new WireException(
                    Fault.TRUNCATED, end, "the end, " + available + " bytes from the magic", "the announced " + size);
        }
        return size;
    }

    private int round(WireReader in) {
        int round = in.u31("round", 0, Fault.INVALID_VALUE);
        if (lastRound != NONE && round != lastRound + 1) {
            throw new WireException(
                    Fault.INVALID_VALUE,
                    in.position() - Integer.BYTES,
                    "round " + round,
                    "round " + (lastRound + 1) + " after round " + lastRound);
        }
        return round;
    }

    /** Decodes the frame between two positions. */
    final CompressedVector frame(int start, int next) {
        if (start > next) {
            throw new WireException(
                    Fault.INVALID_VALUE, position + SIZE_OFFSET, "a size within the header", "one beyond it");
        }
        return FrameCodec.decode(bytes, start, next - start, limits);
    }
}
