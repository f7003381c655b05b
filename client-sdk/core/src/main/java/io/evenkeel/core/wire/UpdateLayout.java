package io.evenkeel.core.wire;

/**
 * The layout of a round update. All numbers are little-endian.
 *
 * <pre>
 * byte   size  field
 *   0     2    magic E7 55
 *   2     1    version 1
 *   3     1    flags: 1 the sum is retained over rounds
 *   4     4    bytes of the whole update, from the magic to the end of the frame
 *   8     4    round k, from 0: the update leads from x^k to x^{k+1}
 *  12     8    factor as float64
 *  20     4    count of divisors, at least 1
 *  24     8 n  divisors as float64, each above 0
 *         4    CRC32C of everything before it
 *              frame, to the end: float64, index coding 0, 1, 2 or 6
 * </pre>
 */
final class UpdateLayout {

    static final int RETAINED = 1;
    static final int SIZE_OFFSET = 4;
    static final int DIVISORS_OFFSET = 24;

    private UpdateLayout() {}
}
