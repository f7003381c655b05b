package io.evenkeel.core.frame;

import io.evenkeel.core.frame.WireException.Fault;

/** Encodes ascending numbers below a bound as one bit for each possible number. */
final class Bitmap {

    private Bitmap() {}

    static int bytes(int bound) {
        return (int) ((bound + 7L) / Byte.SIZE);
    }

    static void write(Gaps gaps, WireWriter out) {
        int start = out.position();
        byte[] bytes = out.bytes();
        int next = 0;
        for (int gap : gaps.each()) {
            int number = next + gap;
            bytes[start + (number >>> 3)] |= (byte) (1 << (number & 7));
            next = number + 1;
        }
        out.moveTo(start + bytes(gaps.bound()));
    }

    static int[] read(WireReader in, int count, int bound) {
        int size = bytes(bound);
        in.need(size, "a bitmap of " + bound + " bits");
        checkPadding(in, size, bound);
        int start = in.position();
        int[] numbers = new int[count];
        int found = 0;
        for (int i = 0; i < size; i++) {
            for (int bits = in.bytes()[start + i] & 0xFF; bits != 0; bits &= bits - 1) {
                if (found < count) {
                    numbers[found] = i * Byte.SIZE + Integer.numberOfTrailingZeros(bits);
                }
                found++;
            }
        }
        if (found != count) {
            throw new WireException(
                    Fault.INVALID_INDEX,
                    start,
                    "a bitmap with " + found + " bits set",
                    "as many as announced, " + count);
        }
        in.moveTo(start + size);
        return numbers;
    }

    private static void checkPadding(WireReader in, int size, int bound) {
        int used = bound & 7;
        int last = in.position() + size - 1;
        if (used != 0 && (in.bytes()[last] & 0xFF) >>> used != 0) {
            throw new WireException(Fault.NOT_CANONICAL, last, "padding bits that are set after the bitmap", "zeros");
        }
    }
}
