package io.evenkeel.core.wire;

/**
 * The layout of a message. All numbers are little-endian.
 *
 * <pre>
 * byte   size  field
 *   0     2    magic E7 4D
 *   2     1    version 1
 *   3     1    flags: 1 loss, 2 gradient norm, 4 smoothness present
 *   4     8    sequence, at least 1
 *  12     8    previous: digest of the client's previous accepted message, 0 for the first
 *  20     8    samples, at least 0
 *  28     8    loss as float64            each of the three
 *         8    gradient norm as float64   only if its flag
 *         8    smoothness as float64      is set
 *         1    count of metrics, 0 to 32, then for each, ascending by name:
 *         1      length of the name, 1 to 64
 *                name, of a-z 0-9 _ . -
 *         8      value as float64
 *         4    CRC32C of everything before it
 *              frame, to the end
 * </pre>
 */
final class MessageLayout {

    static final int HAS_LOSS = 1;
    static final int HAS_GRADIENT_NORM = 2;
    static final int HAS_SMOOTHNESS = 4;
    static final int KNOWN_FLAGS = HAS_LOSS | HAS_GRADIENT_NORM | HAS_SMOOTHNESS;

    /** The number of bytes before the optional figures. */
    static final int FIXED_BYTES = 28;

    private MessageLayout() {}
}
