package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;

/**
 * Encodes ascending numbers as Golomb-coded gaps, the shortest prefix code for the gaps of a random support
 * (Golomb, "Run-length encodings", 1966; Gallager and van Voorhis, 1975). Rice codes are Golomb codes whose
 * divisor is a power of two.
 *
 * <p>A gap g is the count of absent numbers before a present one. It is written as g / M zeros and a one,
 * then g mod M in truncated binary: with b = ceil(log2 M) bits and c = 2^b - M, a remainder r below c takes
 * b - 1 bits; a larger one is written as r + c in b bits, the upper b - 1 bits first.
 *
 * <p>One byte p encodes the divisor M with two significant bits after the leading one: 1, 2, 3, 4, 5, 6, 7,
 * 8, 10, 12, 14, 16, 20 …
 */
final class GolombCode {

    /** The parameter of the largest divisor, 7 * 2^28. */
    static final int MAX_PARAMETER = 119;

    static final int PARAMETER_BYTES = 1;

    private static final int LARGEST_SHIFT = 30;

    private final int parameter;
    private final int divisor;
    private final int shortWidth;
    private final int cut;

    /**
     * 2^{@code reciprocalShift} / divisor, rounded up by less than 2^width / divisor, so that quotients of
     * 31-bit gaps are exact.
     */
    private final long reciprocal;

    private final int reciprocalShift;

    GolombCode(int parameter) {
        this.parameter = parameter;
        this.divisor = divisor(parameter);
        int width = Integer.SIZE - Integer.numberOfLeadingZeros(divisor - 1);
        // A divisor of 1 has remainders of zero bits: it is treated as a power of two with an empty binary part.
        this.shortWidth = Math.max(width - 1, 0);
        this.cut = divisor == 1 ? 1 : (int) ((1L << width) - divisor);
        this.reciprocalShift = Integer.SIZE - 1 + width;
        this.reciprocal = ((1L << reciprocalShift) + divisor - 1) / divisor;
    }

    static int divisor(int parameter) {
        return parameter < 4 ? parameter : (4 + (parameter & 3)) << ((parameter >>> 2) - 1);
    }

    /** Returns the smallest parameter whose divisor is at least the gap, or the largest parameter if there is none. */
    static int parameterOf(int gap) {
        if (gap < 4) {
            return Math.max(1, gap);
        }
        int shift = Integer.SIZE - Integer.numberOfLeadingZeros(gap) - 3;
        int parameter = 4 * shift + (gap >>> shift);
        return Math.min(gap > divisor(parameter) ? parameter + 1 : parameter, MAX_PARAMETER);
    }

    int divisor() {
        return divisor;
    }

    /** Returns the number of bits of a remainder below {@link #cut}; larger remainders take one more. */
    int shortWidth() {
        return shortWidth;
    }

    int cut() {
        return cut;
    }

    /** Returns the parameter of the divisor 2^shift. */
    private static int ofPower(int shift) {
        return shift < 2 ? shift + 1 : 4 * (shift - 1);
    }

    /**
     * Returns the best code: finds the power of two that takes the fewest bits, then the divisor between half
     * and twice that power that takes the fewest, the smaller one in a tie. Uses integers only, so that every
     * SDK chooses the same.
     */
    static GolombCode best(Gaps gaps) {
        int shift = bestShift(gaps);
        int from = shift == 0 ? 1 : ofPower(shift - 1) + 1;
        int to = Math.min(ofPower(shift + 1) - 1, MAX_PARAMETER);
        GolombCode best = new GolombCode(from);
        long fewest = best.bits(gaps);
        for (int parameter = from + 1; parameter <= to; parameter++) {
            GolombCode code = new GolombCode(parameter);
            long bits = code.bits(gaps);
            if (bits < fewest) {
                fewest = bits;
                best = code;
            }
        }
        return best;
    }

    private static int bestShift(Gaps gaps) {
        int count = gaps.count();
        if (count == 0) {
            return 0;
        }
        long absent = gaps.absent();
        int guess = Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, absent / count));
        long enough = riceBits(gaps, guess);
        int best = guess;
        long fewest = Long.MAX_VALUE;
        for (int shift = 0; shift <= LARGEST_SHIFT; shift++) {
            // Rounding down reduces each quotient by less than one. This lower bound rules out most powers without
            // counting.
            long atLeast = (absent >>> shift) + (long) shift * count;
            if (atLeast <= enough) {
                long bits = riceBits(gaps, shift);
                if (bits < fewest) {
                    fewest = bits;
                    best = shift;
                }
            }
        }
        return best;
    }

    /** Returns the number of bits for a divisor of 2^shift. */
    private static long riceBits(Gaps gaps, int shift) {
        long bits = (shift + 1L) * gaps.count();
        for (int gap : gaps.each()) {
            bits += gap >>> shift;
        }
        return bits;
    }

    private long bits(Gaps gaps) {
        long bits = (shortWidth + 1L) * gaps.count();
        for (int gap : gaps.each()) {
            int quotient = quotient(gap);
            // The sign bit is 1 where the remainder is at least the cut.
            bits += quotient + ((cut - 1 - (gap - quotient * divisor)) >>> (Integer.SIZE - 1));
        }
        return bits;
    }

    /** Returns gap / divisor, exactly, without a division: see {@link #reciprocal}. */
    private int quotient(int gap) {
        return (int) ((gap * reciprocal) >>> reciprocalShift);
    }

    /** Returns the length in bytes of the parameter and the gaps. */
    long bytes(Gaps gaps) {
        return PARAMETER_BYTES + (bits(gaps) + Byte.SIZE - 1) / Byte.SIZE;
    }

    void write(Gaps gaps, WireWriter out) {
        out.u8(parameter);
        BitWriter bits = new BitWriter(out.bytes(), out.position());
        for (int gap : gaps.each()) {
            int quotient = quotient(gap);
            int remainder = gap - quotient * divisor;
            bits.unary(quotient);
            bits.truncated(remainder, shortWidth, cut);
        }
        out.moveTo(bits.finish());
    }

    /**
     * Reads the parameter and the gaps of {@code count} numbers below {@code bound}. Allocates memory only
     * after checking that enough bits are available.
     */
    static int[] read(WireReader in, int count, int bound) {
        return new GolombCode(readParameter(in)).readGaps(in, count, bound);
    }

    static int readParameter(WireReader in) {
        int parameter = in.u8("the Golomb parameter");
        if (parameter < 1 || parameter > MAX_PARAMETER) {
            throw new WireException(
                    Fault.NOT_CANONICAL, in.position() - 1, "Golomb parameter " + parameter, "1 to " + MAX_PARAMETER);
        }
        return parameter;
    }

    private int[] readGaps(WireReader in, int count, int bound) {
        in.need((count * (shortWidth + 1L) + Byte.SIZE - 1) / Byte.SIZE, count + " gaps");
        BitReader bits = new BitReader(in, "gaps");
        int[] numbers = new int[count];
        long next = 0;
        for (int i = 0; i < count; i++) {
            long number = next + bits.unary(bound) * divisor;
            if (number < bound) {
                number += bits.truncated(shortWidth, cut);
            }
            if (number >= bound) {
                throw outOfRange(bits, i, number, bound);
            }
            numbers[i] = (int) number;
            next = number + 1;
        }
        in.moveTo(bits.finish());
        return numbers;
    }

    static WireException outOfRange(BitReader bits, int i, long number, int bound) {
        return new WireException(
                Fault.INVALID_INDEX,
                bits.position(),
                "number " + i + " at " + number + " or beyond",
                "numbers below " + bound);
    }
}
