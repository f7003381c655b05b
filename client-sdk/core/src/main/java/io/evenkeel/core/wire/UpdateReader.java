package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.wire.WireException.Fault;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Decodes consecutive round updates from an array, one at a time, and checks that their rounds are consecutive. Not thread-safe.
 */
public final class UpdateReader implements Iterator<RoundUpdate> {

    private static final int NONE = -1;

    private final byte[] bytes;
    private final int end;
    private final FrameLimits limits;
    private int position;
    private int lastRound = NONE;

    /**
     * @param bytes the array that contains the updates; must not change while they are read
     * @param offset the position of the first byte
     * @param length the length of all updates in bytes
     * @param limits the limits to check; {@code maxBytes} applies to each update
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public UpdateReader(byte[] bytes, int offset, int length, FrameLimits limits) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
        this.limits = limits;
    }

    /** Returns the position of the next update, or the end. */
    public int position() {
        return position;
    }

    @Override
    public boolean hasNext() {
        return position < end;
    }

    /**
     * Decodes the next update.
     *
     * @throws WireException if it is not an update within the limits, or its round does not follow the previous one
     * @throws NoSuchElementException if no byte is left
     */
    @Override
    public RoundUpdate next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no further round update at byte " + position);
        }
        return read();
    }

    /** Decodes the next update like {@link #next}, but reports a missing update as truncated. */
    RoundUpdate read() {
        int start = position;
        WireReader in = FormatHeader.UPDATE.open(bytes, start, end - start, Integer.MAX_VALUE);
        checkHeader(in, start);
        int flags = in.u8("the flags");
        FormatHeader.checkFlags(flags, UpdateLayout.RETAINED, in.position() - 1);
        int next = start + size(in);
        int round = round(in);
        double factor = in.finite("factor");
        double[] divisors = divisors(in);
        int frame = in.position() + Checksum.BYTES;
        CompressedVector changes = frame(frame, next);
        position = next;
        lastRound = round;
        return new RoundUpdate(round, flags == UpdateLayout.RETAINED, factor, divisors, changes);
    }

    private static void checkHeader(WireReader in, int start) {
        int content = in.position();
        in.need(UpdateLayout.DIVISORS_OFFSET - FormatHeader.FLAGS_OFFSET, "the header");
        in.moveTo(start + UpdateLayout.DIVISORS_OFFSET - Integer.BYTES);
        long divisorBytes = (long) Double.BYTES * Integer.toUnsignedLong(in.i32("the count of divisors"));
        in.need(divisorBytes + Checksum.BYTES, "the divisors and the header's checksum");
        int checksum = in.position() + (int) divisorBytes;
        if (!Checksum.matches(in.bytes(), start, checksum)) {
            throw Checksum.corrupted(in.bytes(), start, checksum);
        }
        in.moveTo(content);
    }

    private int size(WireReader in) {
        int size = in.i32("the size");
        int at = in.position() - Integer.BYTES;
        int available = end - (at - UpdateLayout.SIZE_OFFSET);
        if (size < 0 || size > limits.maxBytes()) {
            throw new WireException(
                    Fault.LIMIT_EXCEEDED,
                    at,
                    "a round update of " + Integer.toUnsignedString(size) + " bytes",
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

    private static double[] divisors(WireReader in) {
        int count = in.u31("the count of divisors", 1, Fault.INVALID_VALUE);
        double[] divisors = new double[count];
        for (int i = 0; i < count; i++) {
            divisors[i] = in.finite("divisor");
            if (!RoundUpdate.isDivisor(divisors[i])) {
                throw new WireException(
                        Fault.INVALID_VALUE, in.position() - Double.BYTES, "divisor " + divisors[i], "above 0");
            }
        }
        return divisors;
    }

    private CompressedVector frame(int start, int next) {
        if (start > next) {
            throw new WireException(
                    Fault.INVALID_VALUE,
                    position + UpdateLayout.SIZE_OFFSET,
                    "a size within the header",
                    "one beyond it");
        }
        CompressedVector changes = FrameCodec.decode(bytes, start, next - start, limits);
        if (!RoundUpdate.isChanges(changes)) {
            throw new WireException(
                    Fault.NOT_CANONICAL,
                    start + FormatHeader.FLAGS_OFFSET + 1,
                    "changes of " + changes,
                    "float64 values on all coordinates or listed ones");
        }
        return changes;
    }
}
