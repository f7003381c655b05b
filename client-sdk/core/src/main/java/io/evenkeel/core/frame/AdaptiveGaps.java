package io.evenkeel.core.frame;

/**
 * Encodes ascending numbers as gaps in Golomb codes whose divisor adapts to the gaps. If the numbers are
 * clustered, the result is shorter than with a fixed divisor.
 *
 * <p>The divisor tracks the median of nearby gaps, which is best for geometric gaps. After a gap below the
 * divisor, it decreases by half a parameter of {@link GolombCode}; after any other gap it increases by the same amount.
 * So only the initial divisor is encoded, and a single wide gap between two clusters changes it no more than any other
 * gap. To keep wide gaps short, the quotient by the divisor is not written in unary but by its bit length: u zeros and
 * a one for quotients of u bits. The difference between the gap and the smallest gap with such a quotient follows in
 * truncated binary.
 */
final class AdaptiveGaps {

    private static final int STATES_A_PARAMETER = 2;
    private static final int LOWEST_STATE = STATES_A_PARAMETER;
    private static final int HIGHEST_STATE = STATES_A_PARAMETER * GolombCode.MAX_PARAMETER;

    /** The maximum bit length of the quotient of a 31-bit gap. */
    private static final int MAX_QUOTIENT = 31;

    private static final GolombCode[] CODES = codes();

    private final Gaps gaps;
    private final int parameter;
    private final long bits;

    /** Finds the initial divisor and the encoded length. */
    AdaptiveGaps(Gaps gaps) {
        this.gaps = gaps;
        this.parameter = median(gaps);
        this.bits = bits();
    }

    private static GolombCode[] codes() {
        GolombCode[] codes = new GolombCode[HIGHEST_STATE + 1];
        for (int state = LOWEST_STATE; state <= HIGHEST_STATE; state++) {
            codes[state] = new GolombCode(state / STATES_A_PARAMETER);
        }
        return codes;
    }

    /** Returns the smallest parameter whose divisor is not below the upper median of the gaps; 1 if there are none. */
    private static int median(Gaps gaps) {
        int[] counts = new int[GolombCode.MAX_PARAMETER + 1];
        for (int gap : gaps.each()) {
            counts[GolombCode.parameterOf(gap)]++;
        }
        int parameter = 1;
        int upTo = counts[1];
        while (upTo <= gaps.count() / 2 && parameter < GolombCode.MAX_PARAMETER) {
            upTo += counts[++parameter];
        }
        return gaps.count() == 0 ? 1 : parameter;
    }

    private long bits() {
        long sum = 0;
        int state = STATES_A_PARAMETER * parameter;
        for (int gap : gaps.each()) {
            GolombCode code = CODES[state];
            int length = quotientLength(gap, code.divisor());
            int doublings = doublings(length);
            int remainder = gap - least(length, code.divisor());
            sum += length + 1L + code.shortWidth() + doublings + (remainder < code.cut() << doublings ? 0 : 1);
            state = next(state, length);
        }
        return sum;
    }

    /** Returns the bytes that the gaps take, including the parameter. */
    long bytes() {
        return GolombCode.PARAMETER_BYTES + (bits + Byte.SIZE - 1) / Byte.SIZE;
    }

    void write(WireWriter out) {
        out.u8(parameter);
        BitWriter writer = new BitWriter(out.bytes(), out.position());
        int state = STATES_A_PARAMETER * parameter;
        for (int gap : gaps.each()) {
            GolombCode code = CODES[state];
            int length = quotientLength(gap, code.divisor());
            int doublings = doublings(length);
            writer.unary(length);
            writer.truncated(
                    gap - least(length, code.divisor()), code.shortWidth() + doublings, code.cut() << doublings);
            state = next(state, length);
        }
        out.moveTo(writer.finish());
    }

    /**
     * Reads the parameter and the gaps of {@code count} numbers below {@code bound}. Allocates memory only
     * after checking that enough bits are available.
     */
    static int[] read(WireReader in, int count, int bound) {
        int state = STATES_A_PARAMETER * GolombCode.readParameter(in);
        in.need((count + Byte.SIZE - 1L) / Byte.SIZE, count + " gaps");
        BitReader bits = new BitReader(in, "gaps");
        int[] numbers = new int[count];
        long next = 0;
        for (int i = 0; i < count; i++) {
            GolombCode code = CODES[state];
            int length = (int) Math.min(bits.unary(MAX_QUOTIENT), MAX_QUOTIENT + 1);
            int doublings = doublings(length);
            long number = next + (length == 0 ? 0 : (long) code.divisor() << doublings);
            if (number < bound) {
                number += bits.truncated(code.shortWidth() + doublings, code.cut() << doublings);
            }
            if (number >= bound) {
                throw GolombCode.outOfRange(bits, i, number, bound);
            }
            numbers[i] = (int) number;
            next = number + 1;
            state = next(state, length);
        }
        in.moveTo(bits.finish());
        return numbers;
    }

    /** Returns the bit length of gap / divisor, without a division. */
    private static int quotientLength(int gap, int divisor) {
        if (gap < divisor) {
            return 0;
        }
        int doublings = Integer.numberOfLeadingZeros(divisor) - Integer.numberOfLeadingZeros(gap);
        return (long) divisor << doublings <= gap ? doublings + 1 : doublings;
    }

    /**
     * Returns the number of times to double the divisor to get the range of remainders for quotients of this bit
     * length.
     */
    private static int doublings(int quotientLength) {
        return Math.max(0, quotientLength - 1);
    }

    /** Returns the smallest gap with a quotient of this bit length. */
    private static int least(int quotientLength, int divisor) {
        return quotientLength == 0 ? 0 : divisor << (quotientLength - 1);
    }

    private static int next(int state, int quotientLength) {
        return quotientLength == 0 ? Math.max(LOWEST_STATE, state - 1) : Math.min(HIGHEST_STATE, state + 1);
    }
}
