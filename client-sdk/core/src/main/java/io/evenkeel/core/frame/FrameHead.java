package io.evenkeel.core.frame;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.WireException.Fault;

/**
 * The part of a frame before its values: the header and the coordinates. The constructor chooses the coding, so the
 * size is then known.
 */
public final class FrameHead {

    /** The minimum number of bytes of a head. */
    public static final int MIN_BYTES = FrameLayout.HEADER_BYTES;

    /** The position of the number of values in a head. */
    public static final int COUNT_OFFSET = FrameLayout.HEADER_BYTES - Integer.BYTES;

    private final Support support;
    private final ValueCoding coding;
    private final IndexSection indices;

    public FrameHead(Support support, ValueCoding coding) {
        this.support = support;
        this.coding = coding;
        this.indices = IndexSection.of(support);
    }

    public long bytes() {
        return FrameLayout.HEADER_BYTES + indices.bytes();
    }

    /**
     * Returns the maximum number of bytes of a head with listed coordinates as this class writes it: no coding is
     * longer than a bitmap.
     */
    public static long mostBytes(int dimension) {
        return FrameLayout.HEADER_BYTES + (long) Bitmap.bytes(dimension);
    }

    public void write(WireWriter out) {
        FormatHeader.FRAME.write(out, 0);
        out.u8(coding.id() << FrameLayout.CODING_BITS | indices.coding());
        out.i32(support.dimension());
        out.i32(support.count());
        indices.write(out);
    }

    /**
     * Reads a head that ends at the end of the array; the frame's values are read elsewhere.
     *
     * @param coding the coding that the frame must have
     * @throws WireException if the bytes are not such a head within the limits
     */
    public static Support read(byte[] bytes, int offset, ValueCoding coding, FrameLimits limits) {
        WireReader in = FormatHeader.FRAME.open(bytes, offset, bytes.length - offset, Integer.MAX_VALUE);
        Read head = read(in, limits, false);
        if (head.coding() != coding) {
            throw new WireException(
                    Fault.NOT_CANONICAL,
                    offset + FormatHeader.FLAGS_OFFSET + 1,
                    "values as " + head.coding().text(),
                    coding.text());
        }
        if (in.position() != bytes.length) {
            throw new WireException(
                    Fault.TRAILING_BYTES,
                    in.position(),
                    bytes.length - in.position() + " bytes after the coordinates",
                    "the values");
        }
        return head.support();
    }

    /** The content of a head. */
    record Read(Support support, ValueCoding coding) {}

    /**
     * Reads a head, starting at its flags, and moves the reader past it.
     *
     * @param withValues whether the values follow in the same array; if so, their presence is checked before
     *     memory is allocated for coordinates
     */
    static Read read(WireReader in, FrameLimits limits, boolean withValues) {
        FormatHeader.checkFlags(in.u8("the flags"), FrameLayout.KNOWN_FLAGS, in.position() - 1);
        int codings = in.u8("the codings");
        ValueCoding coding = FrameLayout.valueCoding(codings >>> FrameLayout.CODING_BITS, in.position() - 1);
        int dimension = dimension(in, limits);
        int count = count(in, limits);
        long valueBytes = withValues ? FrameLayout.leastValueBytes(coding, count) : 0;
        in.reserve(valueBytes, count + " values as " + coding.text());
        Support support = IndexSection.read(in, codings & FrameLayout.CODING_MASK, dimension, count);
        in.release(valueBytes);
        return new Read(support, coding);
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
