package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;
import java.util.Arrays;

/**
 * Encodes the lengths of a {@link PrefixCode} as their differences, since neighbouring levels occur about
 * equally often.
 *
 * <p>{@code 0} no code; {@code 10} the same length as the last code; {@code 110} one bit shorter;
 * {@code 1110} one bit longer; {@code 1111} and 4 bits: any other length. The initial last length is
 * {@value #FIRST}.
 */
final class CodeTable {

    private static final int FIRST = 7;
    private static final int LENGTH_BITS = 4;
    private static final int ESCAPE = 4;

    private CodeTable() {}

    /** Returns the number of bits that {@link #write} writes. */
    static long bits(int[] lengths) {
        long bits = 0;
        int last = FIRST;
        for (int length : lengths) {
            int ones = ones(length, last);
            bits += ones == ESCAPE ? ESCAPE + LENGTH_BITS : ones + 1;
            last = ones == 0 ? last : length;
        }
        return bits;
    }

    static void write(int[] lengths, BitWriter out) {
        int last = FIRST;
        for (int length : lengths) {
            int ones = ones(length, last);
            out.write((1 << ones) - 1, Math.min(ones + 1, ESCAPE));
            if (ones == ESCAPE) {
                out.write(length, LENGTH_BITS);
            }
            last = ones == 0 ? last : length;
        }
    }

    private static int ones(int length, int last) {
        if (length == PrefixCode.UNUSED) {
            return 0;
        }
        if (length == last) {
            return 1;
        }
        if (length == last - 1) {
            return 2;
        }
        return length == last + 1 ? 3 : ESCAPE;
    }

    /** Reads the lengths of {@code count} symbols. Rejects an incomplete code, and any code if there are no values. */
    static int[] read(BitReader in, int count, boolean needed) {
        int[] lengths = new int[count];
        int last = FIRST;
        for (int symbol = 0; symbol < count; symbol++) {
            int ones = 0;
            while (ones < ESCAPE && in.read(1) == 1) {
                ones++;
            }
            lengths[symbol] = length(ones, last, in);
            last = ones == 0 ? last : lengths[symbol];
        }
        boolean right = needed
                ? PrefixCode.isComplete(lengths)
                : Arrays.stream(lengths).allMatch(length -> length == PrefixCode.UNUSED);
        if (!right) {
            throw refusal(
                    in, "lengths of codes that form no code", "those of a complete prefix code, none for no value");
        }
        return lengths;
    }

    private static int length(int ones, int last, BitReader in) {
        int length = switch (ones) {
            case 0 -> PrefixCode.UNUSED;
            case 1 -> last;
            case 2 -> last - 1;
            case 3 -> last + 1;
            default -> in.read(LENGTH_BITS);
        };
        if (length > PrefixCode.MAX_LENGTH || ones(length, last) != ones) {
            throw refusal(in, "length " + length + " of a code after " + last, "0 to 12, written in its shortest form");
        }
        return length;
    }

    private static WireException refusal(BitReader in, String found, String expected) {
        return new WireException(Fault.NOT_CANONICAL, in.position(), found, expected);
    }
}
