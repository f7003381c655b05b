package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;

/**
 * Decodes consecutive round updates from an array, one at a time, and checks that their rounds are
 * consecutive. Not thread-safe.
 */
public final class UpdateReader extends RoundReader<RoundUpdate> {

    /**
     * @param bytes the array that contains the updates; must not change while they are read
     * @param offset the position of the first byte
     * @param length the length of all updates in bytes
     * @param limits the limits to check; {@code maxBytes} applies to each update
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public UpdateReader(byte[] bytes, int offset, int length, FrameLimits limits) {
        super(FormatHeader.UPDATE, bytes, offset, length, limits);
    }

    @Override
    int headerChecksum(WireReader in, int start) {
        in.need(UpdateLayout.DIVISORS_OFFSET - FormatHeader.FLAGS_OFFSET, "the header");
        in.moveTo(start + UpdateLayout.DIVISORS_OFFSET - Integer.BYTES);
        long divisorBytes = (long) Double.BYTES * Integer.toUnsignedLong(in.i32("the count of divisors"));
        in.need(divisorBytes + Checksum.BYTES, "the divisors and the header's checksum");
        return in.position() + (int) divisorBytes;
    }

    @Override
    int knownFlags() {
        return UpdateLayout.RETAINED;
    }

    @Override
    RoundUpdate content(WireReader in, int flags, int round, int next) {
        double factor = in.finite("factor");
        double[] divisors = divisors(in);
        CompressedVector changes = changes(in.position() + Checksum.BYTES, next);
        return new RoundUpdate(round, flags == UpdateLayout.RETAINED, factor, divisors, changes);
    }

    static double[] divisors(WireReader in) {
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

    private CompressedVector changes(int start, int next) {
        CompressedVector changes = frame(start, next);
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
