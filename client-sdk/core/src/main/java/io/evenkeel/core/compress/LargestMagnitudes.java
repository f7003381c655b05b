package io.evenkeel.core.compress;

import java.util.Arrays;

/**
 * Finds the K largest magnitudes of a vector exactly, ties to the lower index, in few passes and without a copy of it.
 *
 * <p>The bits of a double without its sign, read as an integer, order as magnitudes do. So the K-th largest is found from its
 * leading bits down, as in a radix sort that follows one bucket only: a pass counts how many magnitudes have each value of the
 * next 16 bits, and the counts tell which value the K-th largest has. As soon as few enough magnitudes share its leading bits, a
 * last pass collects all that are as large or larger, and sorting the magnitudes that share them settles the rest. For
 * gradients that is two passes; if many magnitudes are equal it can be five.
 *
 * <p>Not thread-safe: it keeps its histogram (256 KiB) from one selection to the next.
 */
final class LargestMagnitudes {

    private static final int DIGIT = 16;
    private static final int MAGNITUDE_LENGTH = 63;
    /** So many magnitudes are always sorted rather than counted. */
    private static final int FEW = 1024;

    private final Difference vector;
    private int[] histogram = {};

    /** The K-th largest magnitude has these bits above {@code shift}. */
    private long prefix;

    private int shift;
    /** How many magnitudes have that prefix. */
    private int sharing;
    /** How many of those are to be selected. */
    private int needed;

    LargestMagnitudes(Difference vector) {
        this.vector = vector;
    }

    /**
     * Returns the indices of the {@code count} largest magnitudes of the coordinates {@code from <= j < to}, ascending; fewer if
     * there are not that many that are not zero.
     *
     * @param count from 1 to {@code to - from}
     */
    int[] select(int from, int to, int count) {
        prefix = 0;
        shift = MAGNITUDE_LENGTH;
        sharing = to - from;
        needed = count;
        while (shift > 0 && sharing > needed && sharing > Math.max(FEW, count / 4)) {
            descend(from, to);
        }
        // With no bits left those that share the prefix are equal, and the lowest indices win.
        int taken = shift == 0 ? needed : sharing;
        int[] pool = collect(from, to, count - needed, taken);
        return taken > needed ? cut(pool) : pool;
    }

    /** Lengthens the prefix by one digit. */
    private void descend(int from, int to) {
        int next = Math.max(0, shift - DIGIT);
        count(from, to, next);
        int digit = (1 << (shift - next)) - 1;
        while (histogram[digit] < needed) {
            needed -= histogram[digit];
            digit--;
        }
        sharing = histogram[digit];
        prefix = prefix << (shift - next) | digit;
        shift = next;
    }

    private void count(int from, int to, int next) {
        if (histogram.length == 0) {
            histogram = new int[1 << DIGIT];
        } else {
            Arrays.fill(histogram, 0);
        }
        int[] counts = histogram;
        int mask = (1 << (shift - next)) - 1;
        int above = shift;
        long wanted = prefix;
        for (int j = from; j < to; j++) {
            long magnitude = vector.magnitude(j);
            if (magnitude >>> above == wanted) {
                counts[(int) (magnitude >>> next) & mask]++;
            }
        }
    }

    /** Collects the magnitudes above the prefix, of which there are {@code larger}, and the first {@code equal} that have it. */
    private int[] collect(int from, int to, int larger, int equal) {
        int[] pool = new int[larger + equal];
        long lowest = Math.max(1, prefix << shift);
        long highest = highestSharing();
        int left = equal;
        int size = 0;
        for (int j = from; j < to; j++) {
            long magnitude = vector.magnitude(j);
            if (magnitude >= lowest && (magnitude > highest || left-- > 0)) {
                pool[size++] = j;
            }
        }
        return size < pool.length ? Arrays.copyOf(pool, size) : pool;
    }

    private long highestSharing() {
        return ((prefix + 1) << shift) - 1;
    }

    /** Leaves of a pool the {@code needed} largest of those that share the prefix, and all above it. */
    private int[] cut(int[] pool) {
        long highest = highestSharing();
        long[] candidates = new long[sharing];
        int size = 0;
        for (int j : pool) {
            long magnitude = vector.magnitude(j);
            if (magnitude <= highest) {
                candidates[size++] = magnitude;
            }
        }
        if (size <= needed) {
            return pool;
        }
        Arrays.sort(candidates, 0, size);
        long threshold = candidates[size - needed];
        int ties = 0;
        for (int i = size - needed; i < size && candidates[i] == threshold; i++) {
            ties++;
        }
        return above(pool, threshold, ties);
    }

    /** Leaves of a pool the magnitudes above the threshold and the first few equal to it. */
    private int[] above(int[] pool, long threshold, int equal) {
        int left = equal;
        int size = 0;
        for (int j : pool) {
            long magnitude = vector.magnitude(j);
            if (magnitude > threshold || (magnitude == threshold && left-- > 0)) {
                pool[size++] = j;
            }
        }
        return Arrays.copyOf(pool, size);
    }
}
