package io.evenkeel.core.wire;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameHead;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.LittleEndian;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Applies a round update to S while it is read from a stream. The values are float64, so the update's length determines
 * the length of the part before them. Not thread-safe.
 */
final class UpdateStreamReader {

    private final CheckedInput in;
    private final long length;
    private final FrameLimits limits;
    private byte[] head = {};

    UpdateStreamReader(InputStream in, long length, FrameLimits limits) {
        this.in = new CheckedInput(in);
        this.length = length;
        this.limits = limits;
    }

    RoundUpdate applyTo(double[] sum) throws IOException {
        readTo(UpdateLayout.DIVISORS_OFFSET);
        int frame = readTo(UpdateLayout.DIVISORS_OFFSET
                + Double.BYTES * number(UpdateLayout.DIVISORS_OFFSET - Integer.BYTES)
                + Checksum.BYTES);
        WireReader header = header(frame);
        boolean retained = flags(header) == UpdateLayout.RETAINED;
        int size = header.i32("the size");
        if (size != length) {
            throw new WireException(Fault.TRUNCATED, UpdateLayout.SIZE_OFFSET, "a size of " + size, "" + length);
        }
        int round = header.u31("round", 0, Fault.INVALID_VALUE);
        double factor = header.finite("factor");
        double[] divisors = UpdateReader.divisors(header);
        Support changed = changed(frame);
        if (!retained) {
            Arrays.fill(sum, 0);
        }
        in.check(head, frame);
        in.values("the changes", true, changed.count(), (j, value) -> sum[changed.index(j)] = value);
        in.end();
        return RoundUpdate.of(round, retained, factor, divisors, changed, sum);
    }

    private WireReader header(int end) {
        WireReader header = FormatHeader.UPDATE.open(head, 0, end, Integer.MAX_VALUE);
        if (!Checksum.matches(head, 0, end - Checksum.BYTES)) {
            throw Checksum.corrupted(head, 0, end - Checksum.BYTES);
        }
        return header;
    }

    private static int flags(WireReader header) {
        int flags = header.u8("the flags");
        FormatHeader.checkFlags(flags, UpdateLayout.RETAINED, FormatHeader.FLAGS_OFFSET);
        return flags;
    }

    /** Reads the frame up to its values. */
    private Support changed(int frame) throws IOException {
        readTo((long) frame + FrameHead.MIN_BYTES);
        long end = length - Double.BYTES * number(frame + FrameHead.COUNT_OFFSET) - Checksum.BYTES;
        if (end > frame + FrameHead.mostBytes(limits.dimension())) {
            throw new WireException(
                    Fault.TRAILING_BYTES, frame, "more bytes than the coordinates and their values take", "fewer");
        }
        readTo(end);
        Support changed = FrameHead.read(head, frame, ValueCoding.FLOAT64, limits);
        if (!(changed instanceof Support.All || changed instanceof Support.Listed)) {
            throw new WireException(
                    Fault.NOT_CANONICAL, frame, "changes of " + changed, "all coordinates or listed ones");
        }
        return changed;
    }

    /** Extends the head to a length, and returns it. */
    private int readTo(long bytes) throws IOException {
        if (bytes < head.length || bytes > length) {
            throw new WireException(
                    Fault.TRUNCATED, head.length, "an update of " + length + " bytes", "one of the announced length");
        }
        int from = head.length;
        head = Arrays.copyOf(head, Math.toIntExact(bytes));
        in.head(head, from, head.length);
        return head.length;
    }

    private long number(int offset) {
        return Integer.toUnsignedLong(LittleEndian.view(head).getInt(offset));
    }
}
