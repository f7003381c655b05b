package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.WireException.Fault;

/**
 * Encodes compressed vectors as frames and decodes them, as client-sdk/FORMAT.md specifies. A decoded vector has the support, the
 * coding and the exact bits of the encoded values. All codings except the natural one represent negative zero.
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
     * Decodes a frame. Takes at most about 64 times its bytes (values of one bit become doubles) plus an eighth of the dimension in
     * bytes.
     *
     * @param bytes the array that contains the frame; not changed
     * @param offset the position of the first byte
     * @param length the exact length in bytes
     * @param limits the limits to check
     * @throws WireException if the bytes are not one frame within the limits; its position is in {@code bytes}
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
     * Distinguishes a truncated frame, a frame with trailing bytes, and a corrupted one: in all three the checksum at the end is
     * wrong.
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

    /** Reads the content between version and checksum, and leaves the reader after it. */
    private static CompressedVector read(WireReader in, FrameLimits limits) {
        FormatHeader.checkFlags(in.u8("the flags"), FrameLayout.KNOWN_FLAGS, in.position() - 1);
        int codings = in.u8("the codings");
        ValueCoding coding = FrameLayout.valueCoding(codings >>> FrameLayout.CODING_BITS, in.position() - 1);
        int dimension = dimension(in, limits);
        int count = count(in, limits);
        long valueBytes = FrameLayout.leastValueBytes(coding, count);
        in.reserve(valueBytes, count + " values as " + coding.text());
        Support support = IndexSection.read(in, codings & FrameLayout.CODING_MASK, dimension, count);
        in.release(valueBytes);
        return new CompressedVector(support, coding, ValueReader.read(in, support, coding));
    }

    private static int dimension(WireReader in, FrameLimits limits) {
        int dimension = in.i32("the dimension");
        if (dimension != limits.dimension()) {
            throw new WireException(
                    Fault.WRONG_DIMENSION,
                    in.position() - Integer.BYTES,
                    "dimension " + Integer.toUnsignedString(dimension),
                    "" + limits.dimension());
        }
        return dimension;
    }

    private static int count(WireReader in, FrameLimits limits) {
        int count = in.u31("count", 0, Fault.INVALID_INDEX);
        if (count > limits.dimension()) {
            throw new WireException(
                    Fault.INVALID_INDEX,
                    in.position() - Integer.BYTES,
                    "count " + count,
                    "at most the dimension, " + limits.dimension());
        }
        if (count > limits.maxCount()) {
            throw new WireException(
                    Fault.LIMIT_EXCEEDED,
                    in.position() - Integer.BYTES,
                    "count " + count,
                    "at most " + limits.maxCount());
        }
        return count;
    }
}
