package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;

/**
 * The layout of a model delta. All numbers are little-endian.
 *
 * <pre>
 * byte   size  field
 *   0     2    magic E7 44
 *   2     1    version 1
 *   3     1    flags: 0
 *   4     4    bytes of the whole delta, from the magic to the end of the frame
 *   8     4    round k, from 0: the delta leads from w^k to w^{k+1}
 *  12     4    CRC32C of everything before it
 *  16          frame, to the end: any codings
 * </pre>
 */
final class DeltaLayout {

    static final int KNOWN_FLAGS = 0;
    static final int CHECKSUM_OFFSET = 12;
    static final int FRAME_OFFSET = CHECKSUM_OFFSET + Checksum.BYTES;

    private DeltaLayout() {}
}
