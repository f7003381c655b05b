package io.evenkeel.core.wire;

/**
 * The layout of a replica. All numbers are little-endian.
 *
 * <pre>
 * byte   size    field
 *   0     2      magic E7 52
 *   2     1      version 1
 *   3     1      flags: 1 x is float64 (else float32), 2 S is present
 *   4     4      round k, from 0: x is x^k
 *   8     4      dimension d, 1 to 2^31 - 1
 *  12   4d/8d    x
 *       0/8d     S as float64
 *         4      CRC32C of everything before it
 * </pre>
 */
final class ReplicaLayout {

    static final int DOUBLES = 1;
    static final int HAS_SUM = 2;
    static final int KNOWN_FLAGS = DOUBLES | HAS_SUM;
    static final int HEADER_BYTES = 12;

    private ReplicaLayout() {}

    /** Returns the number of bytes before the checksum. */
    static long bytes(int flags, long dimension) {
        long x = (flags & DOUBLES) == 0 ? Float.BYTES : Double.BYTES;
        long sum = (flags & HAS_SUM) == 0 ? 0 : Double.BYTES;
        return HEADER_BYTES + (x + sum) * dimension;
    }
}
