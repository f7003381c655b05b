package io.evenkeel.core.compress;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;

/**
 * A few coordinates among which the K largest magnitudes of a long vector are, found in one pass.
 *
 * <p>A sample tells a magnitude that a few more than K of all are likely to reach, and the pass collects those that do. If they
 * turn out fewer than K, or far more, because very many are equal, nothing is found. Which it is depends on the vector alone,
 * and so never does a result depend on the sample.
 */
final class Candidates {

    /** The share of coordinates that are sampled, up to the largest sample. */
    private static final int SAMPLED = 64;

    /** So much room there is for candidates at least, as even for K = 1 a few of the sample tell the threshold. */
    private static final int LEAST_SHARE = 16;

    private static final int LARGEST_SAMPLE = 1 << 14;
    private static final int LEAST_CAPACITY = 1 << 12;
    private static final int LARGEST_LEAST_CAPACITY = 1 << 16;

    private final int[] indices;
    private final double[] values;
    private final int size;
    private final boolean found;

    /** Collects candidates for the {@code count} largest of the coordinates {@code from <= j < to}. */
    Candidates(Difference vector, int from, int to, int count) {
        int least = Math.min(LARGEST_LEAST_CAPACITY, Math.max(LEAST_CAPACITY, (to - from) / LEAST_SHARE));
        int capacity = (int) Math.min(to - from, Math.max(4L * count, least));
        indices = new int[capacity];
        values = new double[capacity];
        long lowest = Math.max(1, likelyReached(vector, from, to, count));
        int filled = 0;
        int j = from;
        for (; j < to; j++) {
            if (vector.magnitude(j) >= lowest) {
                if (filled == capacity) {
                    break;
                }
                values[filled] = vector.at(j);
                indices[filled++] = j;
            }
        }
        size = filled;
        found = j == to && (filled >= count || lowest == 1);
    }

    /** Returns a magnitude that at least {@code count} are likely to reach: by four standard deviations of the sample. */
    private static long likelyReached(Difference vector, int from, int to, int count) {
        int sampleSize = Math.min((to - from) / SAMPLED, LARGEST_SAMPLE);
        int stride = (to - from) / sampleSize;
        SplitMix64 random = new SplitMix64(count);
        long[] sample = new long[sampleSize];
        for (int i = 0; i < sampleSize; i++) {
            sample[i] = vector.magnitude(from + i * stride + random.next(stride));
        }
        Arrays.sort(sample);
        double expected = (double) count * sampleSize / (to - from);
        int rank = (int) (expected + 4 * Math.sqrt(expected) + 4);
        return rank < sampleSize ? sample[sampleSize - rank] : 0;
    }

    /** Returns whether the K largest are among the candidates; they are also if all that are not zero are. */
    boolean found() {
        return found;
    }

    /** Returns the number of candidates. */
    int size() {
        return size;
    }

    /** Returns the values of the candidates, in the order of their indices. */
    Difference values() {
        return new Difference(values, null);
    }

    /** Returns the index of the {@code i}-th candidate; ascending in i. */
    int index(int i) {
        return indices[i];
    }
}
