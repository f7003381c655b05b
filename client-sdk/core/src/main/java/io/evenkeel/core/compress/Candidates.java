package io.evenkeel.core.compress;

import java.util.Arrays;

/**
 * Coordinates that may be among the K largest magnitudes, ascending, with their magnitudes; as many as there is room for. Not
 * thread-safe.
 */
final class Candidates {

    /** So many coordinates are looked at without asking for each whether there is room. */
    static final int BLOCK = 1 << 10;

    private final RadixSelect order;
    private long[] magnitudes = {};
    private int[] indices = {};
    private int size;

    Candidates(RadixSelect order) {
        this.order = order;
    }

    /** Forgets all, and makes room for so many at least. */
    void clear(int room) {
        size = 0;
        if (indices.length < room) {
            magnitudes = new long[room];
            indices = new int[room];
        }
    }

    int size() {
        return size;
    }

    /**
     * Takes in the coordinates from {@code from} on whose magnitude is above {@code bar}.
     *
     * @return {@code to}, or an earlier coordinate if there may not be room for those from there on: less than for {@link #BLOCK}
     */
    int collect(Difference vector, int from, int to, long bar) {
        double[] u = vector.u();
        float[] singles = vector.singles();
        double[] minus = vector.minus();
        int j = from;
        while (j < to) {
            int end = Math.min(to, j + BLOCK);
            if (end - j > indices.length - size) {
                return j;
            }
            // Loops of as little as possible each: they are all a selection does d times.
            if (singles != null) {
                size = minus == null ? collect(singles, j, end, bar) : collect(singles, minus, j, end, bar);
            } else {
                size = minus == null ? collect(u, j, end, bar) : collect(u, minus, j, end, bar);
            }
            j = end;
        }
        return to;
    }

    private int collect(double[] u, int from, int to, long bar) {
        long[] found = magnitudes;
        int[] at = indices;
        int filled = size;
        for (int j = from; j < to; j++) {
            long magnitude = Difference.magnitude(u[j]);
            if (magnitude > bar) {
                found[filled] = magnitude;
                at[filled++] = j;
            }
        }
        return filled;
    }

    private int collect(double[] u, double[] minus, int from, int to, long bar) {
        long[] found = magnitudes;
        int[] at = indices;
        int filled = size;
        for (int j = from; j < to; j++) {
            long magnitude = Difference.magnitude(u[j] - minus[j]);
            if (magnitude > bar) {
                found[filled] = Difference.saturated(magnitude);
                at[filled++] = j;
            }
        }
        return filled;
    }

    private int collect(float[] u, int from, int to, long bar) {
        long[] found = magnitudes;
        int[] at = indices;
        int filled = size;
        for (int j = from; j < to; j++) {
            long magnitude = Difference.magnitude(u[j]);
            if (magnitude > bar) {
                found[filled] = magnitude;
                at[filled++] = j;
            }
        }
        return filled;
    }

    private int collect(float[] u, double[] minus, int from, int to, long bar) {
        long[] found = magnitudes;
        int[] at = indices;
        int filled = size;
        for (int j = from; j < to; j++) {
            long magnitude = Difference.magnitude(u[j] - minus[j]);
            if (magnitude > bar) {
                found[filled] = Difference.saturated(magnitude);
                at[filled++] = j;
            }
        }
        return filled;
    }

    /**
     * Keeps the {@code count} largest, of equal ones the first.
     *
     * @param count from 1 to {@link #size}
     * @return the smallest magnitude that is kept
     */
    long keepLargest(int count) {
        long smallest = order.largest(magnitudes, size, count);
        keepAbove(smallest - 1, 0);
        if (size > count) {
            int from = size;
            for (int excess = size - count; excess > 0; ) {
                if (magnitudes[--from] == smallest) {
                    excess--;
                }
            }
            keepAbove(smallest, from);
        }
        return smallest;
    }

    /** Drops what is not above the bar, from a place on. Without a branch, as one for every other candidate is not foreseen. */
    private void keepAbove(long bar, int from) {
        int kept = from;
        for (int i = from; i < size; i++) {
            long magnitude = magnitudes[i];
            magnitudes[kept] = magnitude;
            indices[kept] = indices[i];
            kept += (int) ((bar - magnitude) >>> (Long.SIZE - 1));
        }
        size = kept;
    }

    int[] indices() {
        return Arrays.copyOf(indices, size);
    }
}
