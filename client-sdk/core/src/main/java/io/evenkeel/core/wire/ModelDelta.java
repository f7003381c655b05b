package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.FrameWriter;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireWriter;

/**
 * One round's change of the devices' model w in a run with a lossy downlink. A device adds the vector to w as {@code
 * DeviceModel} does. Immutable.
 *
 * @param round the round k, from 0: the delta leads from w^k to w^{k+1}
 * @param vector the change, with any support and coding
 */
public record ModelDelta(int round, CompressedVector vector) {

    /**
     * @throws IllegalArgumentException if the round is negative
     */
    public ModelDelta {
        if (round < 0) {
            throw new IllegalArgumentException("round is " + round + ", expected at least 0");
        }
    }

    /**
     * Encodes the delta; the encoding contains its own length.
     *
     * @throws IllegalArgumentException if it takes more than 2 GiB
     */
    public byte[] encode() {
        FrameWriter frame = new FrameWriter(vector);
        byte[] bytes = WireWriter.allocate(DeltaLayout.FRAME_OFFSET + frame.bytes());
        WireWriter out = new WireWriter(bytes, 0);
        FormatHeader.DELTA.write(out, 0);
        out.i32(bytes.length);
        out.i32(round);
        out.checksum(0);
        frame.write(out);
        return bytes;
    }

    /** Returns the length in bytes of {@link #encode}, without encoding. */
    public static int encodedSize(CompressedVector vector) {
        return WireWriter.checkedSize(DeltaLayout.FRAME_OFFSET + new FrameWriter(vector).bytes());
    }

    /**
     * Decodes one delta.
     *
     * @param bytes the array that contains the delta; not changed
     * @param offset the position of the first byte
     * @param length the exact length in bytes
     * @param limits the limits to check; {@code maxBytes} applies to the whole delta
     * @throws WireException if the bytes are not one delta within the limits; its position is an index into
     *     {@code bytes}
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static ModelDelta decode(byte[] bytes, int offset, int length, FrameLimits limits) {
        DeltaReader reader = new DeltaReader(bytes, offset, length, limits);
        ModelDelta delta = reader.read();
        if (reader.hasNext()) {
            throw new WireException(
                    Fault.TRAILING_BYTES, reader.position(), "more bytes after the model delta", "its end");
        }
        return delta;
    }
}
