package io.evenkeel.core.frame;

import io.evenkeel.core.compress.ValueCoding;

/**
 * The layout of a frame: offsets, flags and ids. All numbers are little-endian; ids are permanent.
 *
 * <pre>
 * byte   size  field
 *   0     2    magic E7 46
 *   2     1    version 1
 *   3     1    flags: 0
 *   4     1    codings: index coding in bits 0-3, value coding in bits 4-7
 *   5     4    dimension d, 1 to 2^31 - 1
 *   9     4    count of values, 0 to d
 *  13          index section:  id  content
 *                              0   nothing: every coordinate
 *                              1   bitmap of d bits
 *                              2   Golomb parameter (1 byte), gaps
 *                              3   seed (8 bytes)
 *                              4   block length (4 bytes), bitmap of ceil(d / length) bits
 *                              5   block length (4 bytes), Golomb parameter (1 byte), gaps
 *                              6   initial Golomb parameter (1 byte), adaptive gaps
 *                              7   block length (4 bytes), initial Golomb parameter (1 byte), adaptive gaps
 *              value section:  id  content
 *                              0   float32 each
 *                              1   float64 each
 *                              2   bf16 each
 *                              3   largest exponent (2 bytes), 1 byte each
 *                              4   scale as float32, 1 bit each
 *                              5-9 largest as float32, number of levels (2 bytes), table and codes in bits
 *  -4     4    CRC32C of everything before it
 * </pre>
 */
final class FrameLayout {

    static final int HEADER_BYTES = 13;
    static final int KNOWN_FLAGS = 0;
    static final int CODING_BITS = 4;
    static final int CODING_MASK = 15;

    static final int EVERY_COORDINATE = 0;
    static final int BITMAP = 1;
    static final int GOLOMB = 2;
    static final int SEED = 3;
    static final int BLOCK_BITMAP = 4;
    static final int BLOCK_GOLOMB = 5;
    static final int ADAPTIVE = 6;
    static final int BLOCK_ADAPTIVE = 7;

    static final int BLOCK_LENGTH_BYTES = Integer.BYTES;
    static final int SEED_BYTES = Long.BYTES;
    static final int EXPONENT_BYTES = Short.BYTES;
    static final int SCALE_BYTES = Float.BYTES;
    static final int LOG_HEADER_BYTES = SCALE_BYTES + Short.BYTES;

    /** The code of a zero in the natural coding; codes 0 to 126 are the distance of an exponent from the largest. */
    static final int NATURAL_ZERO = 127;

    static final int NATURAL_SIGN = 128;

    private static final ValueCoding[] VALUE_CODINGS = ValueCoding.values();

    private FrameLayout() {}

    /** Returns the length of a value section in bytes; for codings of variable length, the minimum. */
    static long leastValueBytes(ValueCoding coding, int count) {
        return switch (coding) {
            case FLOAT32 -> (long) Float.BYTES * count;
            case FLOAT64 -> (long) Double.BYTES * count;
            case BF16 -> (long) Short.BYTES * count;
            case NATURAL -> EXPONENT_BYTES + (long) count;
            case SIGN -> SCALE_BYTES + Bitmap.bytes(count);
            // One bit of table, and one sign bit per value.
            case LOG4, LOG5, LOG6, LOG7, LOG8 -> LOG_HEADER_BYTES + (count + 1L + 7) / Byte.SIZE;
        };
    }

    static ValueCoding valueCoding(int id, int position) {
        for (ValueCoding coding : VALUE_CODINGS) {
            if (coding.id() == id) {
                return coding;
            }
        }
        throw new WireException(
                WireException.Fault.NOT_CANONICAL,
                position,
                "value coding " + id,
                "0 to " + (VALUE_CODINGS.length - 1));
    }
}
