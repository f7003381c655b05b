package io.evenkeel.coordinator.member;

import java.io.ByteArrayOutputStream;
import java.util.BitSet;

/**
 * Encodes sets of members' ordinals as the gaps between them. Each byte holds seven bits of a gap, lowest
 * bits first; the last byte of a gap is below 128. A sample of 1% of the members takes about one byte per
 * sampled member.
 */
public final class OrdinalSet {

    private static final int MORE = 0x80;

    private OrdinalSet() {}

    /** Encodes a set. */
    public static byte[] encode(BitSet ordinals) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int last = -1;
        for (int ordinal = ordinals.nextSetBit(0); ordinal >= 0; ordinal = ordinals.nextSetBit(ordinal + 1)) {
            int gap = ordinal - last - 1;
            while (gap >= MORE) {
                bytes.write((gap & (MORE - 1)) | MORE);
                gap >>>= 7;
            }
            bytes.write(gap);
            last = ordinal;
        }
        return bytes.toByteArray();
    }

    /** Decodes a set. */
    public static BitSet decode(byte[] bytes) {
        BitSet ordinals = new BitSet();
        int last = -1;
        int gap = 0;
        int shift = 0;
        for (byte part : bytes) {
            gap |= (part & (MORE - 1)) << shift;
            shift += 7;
            if (part >= 0) {
                last += gap + 1;
                ordinals.set(last);
                gap = 0;
                shift = 0;
            }
        }
        return ordinals;
    }
}
