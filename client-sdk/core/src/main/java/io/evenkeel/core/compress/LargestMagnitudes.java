package io.evenkeel.core.compress;

import java.util.Arrays;

/**
 * Finds the K largest magnitudes of a vector exactly, ties to the lower index, without a copy of it.
 *
 * <p>{@link Candidates} usually narrows a long vector down in one pass. What it leaves, or all if it cannot, is searched for the
 * K-th largest magnitude. The bits of a double without its sign, read as an integer, order as magnitudes do; so the K-th
 * largest is found from its leading bits down, as in a radix sort that follows one bucket only: a pass counts how many
 * magnitudes have each value of the next 16 bits (11 if there are few), and the counts tell which of them the K-th largest has. After four such (six)
 * passes at most, one more takes what is as large or larger.
 *
 * <p>Not thread-safe: it keeps its histogram (256 KiB) from one selection to the next.
 */
final class LargestMagnitudes {

    /** So many magnitudes are sorted, since that is faster than to look through a histogram. */
    static final int FEW = 1024;

    private static final int DIGIT = 16;

    /** Below so many magnitudes it is the histogram that takes the time, and shorter digits make it shorter. */
    private static final int MANY = 1 << 17;

    private static final int SHORT_DIGIT = 11;
    private static final int MAGNITUDE_LENGTH = 63;

    private final Difference vector;
    private int[] histogram = {};

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
        if (to - from <= FEW) {
            return largest(vector, from, to, count);
        }
        Candidates candidates = new Candidates(vector, from, to, count);
        if (!candidates.found()) {
            return largest(vector, from, to, count);
        }
        int[] positions = largest(candidates.values(), 0, candidates.size(), Math.min(count, candidates.size()));
        for (int i = 0; i < positions.length; i++) {
            positions[i] = candidates.index(positions[i]);
        }
        return positions;
    }

    private int[] largest(Difference values, int from, int to, int count) {
        Cut cut = to - from <= FEW ? sort(values, from, to, count) : descend(values, from, to, count);
        int[] indices = new int[count];
        int border = cut.border();
        int size = 0;
        for (int j = from; j < to; j++) {
            long magnitude = values.magnitude(j);
            if (magnitude >= cut.lowest() && (magnitude > cut.highest() || border-- > 0)) {
                indices[size++] = j;
            }
        }
        return size < count ? Arrays.copyOf(indices, size) : indices;
    }

    /**
     * What to take: the magnitudes above {@code highest}, and the first {@code border} from {@code lowest} to {@code highest},
     * which are equal or are all to be taken.
     */
    private record Cut(long lowest, long highest, int border) {

        /** Takes no zeros. */
        Cut {
            lowest = Math.max(1, lowest);
        }
    }

    private static Cut sort(Difference values, int from, int to, int count) {
        long[] magnitudes = new long[to - from];
        for (int j = from; j < to; j++) {
            magnitudes[j - from] = values.magnitude(j);
        }
        Arrays.sort(magnitudes);
        int first = magnitudes.length - count;
        int border = first;
        while (border < magnitudes.length && magnitudes[border] == magnitudes[first]) {
            border++;
        }
        return new Cut(magnitudes[first], magnitudes[first], border - first);
    }

    private Cut descend(Difference values, int from, int to, int count) {
        long prefix = 0;
        int shift = MAGNITUDE_LENGTH;
        int sharing = to - from;
        int needed = count;
        int most = sharing < MANY ? SHORT_DIGIT : DIGIT;
        while (shift > 0 && sharing > needed) {
            int length = Math.min(most, shift);
            countDigits(values, from, to, prefix, shift, length);
            int digit = (1 << length) - 1;
            while (histogram[digit] < needed) {
                needed -= histogram[digit--];
            }
            sharing = histogram[digit];
            prefix = prefix << length | digit;
            shift -= length;
        }
        return new Cut(prefix << shift, ((prefix + 1) << shift) - 1, needed);
    }

    /** Counts the next {@code length} bits of the magnitudes whose bits from {@code shift} on are the prefix. */
    private void countDigits(Difference values, int from, int to, long prefix, int shift, int length) {
        if (histogram.length < 1 << length) {
            histogram = new int[1 << length];
        } else {
            Arrays.fill(histogram, 0, 1 << length, 0);
        }
        int[] counts = histogram;
        int mask = (1 << length) - 1;
        int next = shift - length;
        for (int j = from; j < to; j++) {
            long magnitude = values.magnitude(j);
            if (magnitude >>> shift == prefix) {
                counts[(int) (magnitude >>> next) & mask]++;
            }
        }
    }
}
