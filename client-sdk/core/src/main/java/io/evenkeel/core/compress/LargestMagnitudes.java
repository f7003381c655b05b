package io.evenkeel.core.compress;

import io.evenkeel.core.vector.SplitMix64;

/**
 * Finds the K largest magnitudes of a vector exactly, ties to the lower index, in one pass and without a copy of it.
 *
 * <p>The bits of a double without its sign, read as an integer, order as magnitudes do. A sample tells a bar that a few more than K of
 * them are likely to be above, the pass collects those, and {@link RadixSelect} finds the K-th largest among them. If they fill what
 * room there is, all but the K largest are dropped, and from there on the bar is the K-th: what only equals it has the higher index. If
 * there are fewer than K in the end, the pass is made again without a bar. So the sample decides how much work there is, never what
 * is found.
 *
 * <p>Not thread-safe: keeps its buffers from one selection to the next, 12 bytes for each candidate there is room for.
 */
final class LargestMagnitudes {

    /** Of so many coordinates one is sampled, up to the largest sample. */
    private static final int SAMPLED = 128;

    private static final int LARGEST_SAMPLE = 1 << 14;

    private static final int LEAST_ROOM = 1 << 12;

    private final Difference vector;
    private final RadixSelect order = new RadixSelect();
    private final Candidates candidates = new Candidates(order);

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
        int length = to - from;
        int sampleSize = sampleSize(length);
        // Four standard deviations more of the sample than are expected to be among the K largest.
        double expected = (double) count * sampleSize / length;
        int rank = (int) (expected + 4 * Math.sqrt(expected) + 4);
        long bar = 0;
        double likely = 0;
        if (rank < sampleSize) {
            bar = Math.max(0, order.largest(sample(from, length, sampleSize), sampleSize, rank) - 1);
            likely = (rank + 2 * Math.sqrt(rank)) * length / sampleSize;
        }
        collect(from, to, count, bar, likely);
        if (candidates.size() < count && bar > 0) {
            collect(from, to, count, 0, 0);
        }
        if (candidates.size() > count) {
            candidates.keepLargest(count);
        }
        return candidates.indices();
    }

    /** Returns the magnitudes of coordinates drawn at random, one of each of {@code size} parts of the range. */
    private long[] sample(int from, int length, int size) {
        int stride = length / size;
        SplitMix64 random = new SplitMix64(size);
        long[] sample = new long[size];
        for (int i = 0; i < size; i++) {
            sample[i] = vector.magnitude(from + sampled(i, stride, random));
        }
        return sample;
    }

    static int sampleSize(int length) {
        return Math.min(length / SAMPLED, LARGEST_SAMPLE);
    }

    static int sampled(int i, int stride, SplitMix64 random) {
        return i * stride + (int) (((random.next() >>> Integer.SIZE) * stride) >>> Integer.SIZE);
    }

    /** Collects what is above the bar: all of it, or at least the K largest. */
    private void collect(int from, int to, int count, long bar, double likely) {
        double room = Candidates.BLOCK + Math.max(LEAST_ROOM, Math.max(likely, 1.5 * count));
        candidates.clear((int) Math.min(to - from, room));
        long current = bar;
        int next = candidates.collect(vector, from, to, current);
        while (next < to) {
            current = candidates.keepLargest(count);
            next = candidates.collect(vector, next, to, current);
        }
    }
}
