package io.evenkeel.core.compress;

import io.evenkeel.core.vector.SplitMix64;

/**
 * Finds the K largest magnitudes of a vector exactly, ties to the lower index, in one pass and without a copy of it.
 *
 * <p>The bits of doubles without their sign, read as integers, sort in the order of the magnitudes. A sample gives a
 * bar, a threshold that slightly more than K magnitudes are likely to exceed. The pass collects the magnitudes above
 * the bar, and {@link RadixSelect} finds the K-th largest of them. If the buffer fills up, all but the K largest are
 * dropped, and the K-th becomes the bar: a later equal magnitude has a higher index and is not selected. If fewer than
 * K are found, the pass is repeated without a bar. So the sample affects only the amount of work, never the result.
 *
 * <p>Not thread-safe: reuses its buffers, 12 bytes per candidate.
 */
final class LargestMagnitudes {

    /** The inverse of the sampling rate, until the sample reaches its maximum size. */
    private static final int SAMPLED = 128;

    private static final int LARGEST_SAMPLE = 1 << 14;

    private static final int MIN_ROOM = 1 << 12;

    private final VectorDifference vector;
    private final RadixSelect order = new RadixSelect();
    private final Candidates candidates = new Candidates(order);

    LargestMagnitudes(VectorDifference vector) {
        this.vector = vector;
    }

    /**
     * Returns the indices of the {@code count} largest magnitudes of the coordinates {@code from <= j < to},
     * ascending; fewer if fewer coordinates are non-zero.
     *
     * @param count from 1 to {@code to - from}
     */
    int[] select(int from, int to, int count) {
        int length = to - from;
        int sampleSize = sampleSize(length);
        // The expected number of samples among the K largest, plus four standard deviations.
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

    /**
     * Returns the magnitudes of {@code size} random coordinates, one from each of {@code size} equal parts of
     * the range.
     */
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

    /** Collects the magnitudes above the bar: all of them, or at least the K largest. */
    private void collect(int from, int to, int count, long bar, double likely) {
        double room = Candidates.BLOCK + Math.max(MIN_ROOM, Math.max(likely, 1.5 * count));
        candidates.clear((int) Math.min(to - from, room));
        long current = bar;
        int next = candidates.collect(vector, from, to, current);
        while (next < to) {
            current = candidates.keepLargest(count);
            next = candidates.collect(vector, next, to, current);
        }
    }
}
