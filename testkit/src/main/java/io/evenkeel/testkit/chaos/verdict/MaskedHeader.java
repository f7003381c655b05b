package io.evenkeel.testkit.chaos.verdict;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The position of a masked vector in its device's chain.
 *
 * @param sequence the message's number
 * @param previous the digest of the device's previous message in a sum
 * @param digest the message's salted digest
 */
public record MaskedHeader(long sequence, long previous, long digest) {

    private static final int HEADER_BYTES = 5;
    private static final int BYTES = HEADER_BYTES + 3 * Long.BYTES;

    /** Reads a frame; returns zeros if it is truncated. */
    public static MaskedHeader of(byte[] frame) {
        if (frame.length < BYTES) {
            return new MaskedHeader(0, 0, 0);
        }
        ByteBuffer in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        return new MaskedHeader(
                in.getLong(HEADER_BYTES),
                in.getLong(HEADER_BYTES + Long.BYTES),
                in.getLong(HEADER_BYTES + 2 * Long.BYTES));
    }
}
