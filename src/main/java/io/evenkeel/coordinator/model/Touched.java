package io.evenkeel.coordinator.model;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import java.util.Arrays;

/** Which coordinates of a vector have changed: d/8 bytes. Not thread-safe. */
final class Touched {

    private final long[] words;
    private final int dimension;

    Touched(int dimension) {
        this.dimension = dimension;
        this.words = new long[(dimension + Long.SIZE - 1) / Long.SIZE];
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    void add(int index) {
        words[index >>> 6] |= 1L << index;
    }

    /** Adds the coordinates of the values {@code from <= j < to} of a vector. */
    void add(CompressedVector vector, int from, int to) {
        if (vector.support() instanceof Support.All) {
            if (to == dimension) {
                addAll();
            }
            return;
        }
        for (int j = from; j < to; j++) {
            add(vector.index(j));
        }
    }

    private void addAll() {
        Arrays.fill(words, -1);
        words[words.length - 1] >>>= -dimension;
    }

    int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    /** Returns the coordinates in ascending order; {@code count} is their number. */
    int[] toArray(int count) {
        int[] indices = new int[count];
        int next = 0;
        for (int word = 0; word < words.length; word++) {
            for (long bits = words[word]; bits != 0; bits &= bits - 1) {
                indices[next++] = (word << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return indices;
    }
}
