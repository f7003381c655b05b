package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireReader;

/**
 * Decodes consecutive model deltas from an array, one at a time, and checks that their rounds are
 * consecutive. Not thread-safe.
 */
public final class DeltaReader extends RoundReader<ModelDelta> {

    /**
     * @param bytes the array that contains the deltas; must not change while they are read
     * @param offset the position of the first byte
     * @param length the length of all deltas in bytes
     * @param limits the limits to check; {@code maxBytes} applies to each delta
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public DeltaReader(byte[] bytes, int offset, int length, FrameLimits limits) {
        super(FormatHeader.DELTA, bytes, offset, length, limits);
    }

    @Override
    int headerChecksum(WireReader in, int start) {
        in.need(DeltaLayout.FRAME_OFFSET - FormatHeader.FLAGS_OFFSET, "the header");
        return start + DeltaLayout.CHECKSUM_OFFSET;
    }

    @Override
    int knownFlags() {
        return DeltaLayout.KNOWN_FLAGS;
    }

    @Override
    ModelDelta content(WireReader in, int flags, int round, int next) {
        return new ModelDelta(round, frame(in.position() + Checksum.BYTES, next));
    }
}
