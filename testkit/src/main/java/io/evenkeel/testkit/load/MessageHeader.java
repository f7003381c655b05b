package io.evenkeel.testkit.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes the header of a message as specified by client-sdk/FORMAT.md, with a report of 100 samples and a
 * loss, to a buffer. Not thread-safe.
 */
final class MessageHeader {

    static final int BYTES = 41;

    private static final int SEQUENCE_AT = 4;
    private static final int PREVIOUS_AT = 12;
    private static final int CHECKSUM_AT = BYTES - Integer.BYTES;
    private static final byte HAS_LOSS = 1;
    private static final long SAMPLES = 100;
    private static final double LOSS = 1;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer header = ByteBuffer.allocate(BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(new byte[] {(byte) 0xE7, 0x4D, 1, HAS_LOSS})
            .putLong(0)
            .putLong(0)
            .putLong(SAMPLES)
            .putDouble(LOSS)
            .put((byte) 0);

    /** Writes the header of a device's next message. */
    void put(long sequence, long previous, ByteBuffer out) {
        header.putLong(SEQUENCE_AT, sequence).putLong(PREVIOUS_AT, previous);
        crc.reset();
        crc.update(header.array(), 0, CHECKSUM_AT);
        header.putInt(CHECKSUM_AT, (int) crc.getValue());
        out.put(header.array());
    }
}
