package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.WireException.Fault;

/**
 * Encodes compressed vectors as frames and decodes them, as client-sdk/FORMAT.md specifies. A decoded vector
 * has the support, the coding and the exact bits of the encoded values. All codings except the natural one
 * represent negative zero.
 *
 * <p>Stateless; safe to use from any thread.
 */
public final class FrameCodec {

    private FrameCodec() {}

    /**
     * Encodes a vector.
     *
     * @throws IllegalArgumentException if a value's coding cannot represent it, or the frame is larger than 2 GiB
     */
    public static byte[] encode(CompressedVector vector) {
        FrameWriter frame = new FrameWriter(vector);
        byte[] bytes = WireWriter.allocate(frame.bytes());
        frame.write(new WireWriter(bytes, 0));
        return bytes;
    }

    /** Returns the length in bytes of the frame, without encoding it. */
    public static int encodedSize(CompressedVector vector) {
        return WireWriter.checkedSize(new FrameWriter(vector).bytes());
    }

    /** Decodes a frame that fills an array. */
    public static CompressedVector decode(byte[] bytes, FrameLimits limits) {
        return decode(bytes, 0, bytes.length, limits);
    }

    /**
     * Decodes a frame. Takes memory of at most about 64 times the frame's length, since one-bit values become doubles,
     * plus d/8 bytes.
     *
     * @param bytes the array that contains the frame; not changed
     * @param offset the position of the first byte
     * @param length the exact length in bytes
     * @param limits the limits to check
     * @throws WireException if the bytes are not one frame within the limits; its position is an index into
     *     {@code bytes}
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static CompressedVector decode(byte[] bytes, int offset, int length, FrameLimits limits) {
        WireReader in = FormatHeader.FRAME.open(bytes, offset, length, limits.maxBytes());
        in.reserve(Checksum.BYTES, "the checksum");
        int end = in.end();
        if (!Checksum.matches(bytes, offset, end)) {
            throw diagnosis(in, offset, limits);
        }
        CompressedVector vector = read(in, limits);
        if (in.position() != end) {
            throw trailing(in.position() + Checksum.BYTES, end + Checksum.BYTES);
        }
        return vector;
    }

    /**
     * Distinguishes a truncated frame, a frame with trailing bytes, and a corrupted one: in all three the
     * checksum at the end is wrong.
     */
    private static WireException diagnosis(WireReader in, int offset, FrameLimits limits) {
        int end = in.end();
        try {
            read(in, limits);
            int announced = in.position();
            if (announced < end && Checksum.matches(in.bytes(), offset, announced)) {
                return trailing(announced + Checksum.BYTES, end + Checksum.BYTES);
            }
        } catch (WireException e) {
            if (e.fault() == Fault.TRUNCATED) {
                return e;
            }
        }
        return Checksum.corrupted(in.bytes(), offset, end);
    }

    private static WireException trailing(int position, int end) {
        return new WireException(
                Fault.TRAILING_BYTES, position, (end - position) + " bytes after the frame", "its end");
    }

    /** Reads the content between version and checksum, and moves the reader past it. */
    private static CompressedVector read(WireReader in, FrameLimits limits) {
        FrameHead.Read head = FrameHead.read(in, limits, true);
        return new CompressedVector(head.support(), head.coding(), ValueReader.read(in, head.support(), head.coding()));
    }
}
