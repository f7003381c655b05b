package io.evenkeel.core.compress;

import java.util.Arrays;

/**
 * Finds the k-th largest number with a radix sort that descends into one bucket only. Each pass splits the
 * range into 1024 parts, counts the numbers in each, and continues in the part that contains the k-th. A pass
 * resolves ten bits, so seven passes are enough. Not thread-safe: reuses its histogram.
 */
final class RadixSelect {

    private static final int DIGIT = 10;

    private final int[] histogram = new int[1 << DIGIT];

    /**
     * Returns the {@code rank}-th largest.
     *
     * @param numbers at least 0; not changed
     * @param size the number of numbers, at least 1
     * @param rank from 1 to {@code size}
     */
    long largest(long[] numbers, int size, int rank) {
        long[] rest = numbers;
        int count = size;
        int needed = rank;
        while (true) {
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < count; i++) {
                least = Math.min(least, rest[i]);
                most = Math.max(most, rest[i]);
            }
            int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(most - least) - DIGIT);
            countParts(rest, count, least, shift);
            int part = histogram.length - 1;
            while (histogram[part] < needed) {
                needed -= histogram[part--];
            }
            if (shift == 0) {
                return least + part;
            }
            long[] within = new long[histogram[part]];
            int filled = 0;
            for (int i = 0; i < count; i++) {
                if ((rest[i] - least) >>> shift == part) {
                    within[filled++] = rest[i];
                }
            }
            rest = within;
            count = filled;
        }
    }

    private void countParts(long[] numbers, int count, long least, int shift) {
        int[] counts = histogram;
        Arrays.fill(counts, 0);
        for (int i = 0; i < count; i++) {
            counts[(int) ((numbers[i] - least) >>> shift)]++;
        }
    }
}
