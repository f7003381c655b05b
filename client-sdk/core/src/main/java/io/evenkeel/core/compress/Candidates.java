package io.evenkeel.core.compress;

import java.util.Arrays;

/**
 * A bounded list of coordinates that may be among the K largest magnitudes, ascending, with their magnitudes.
 * Not thread-safe.
 */
final class Candidates {

    /** Coordinates per block; free space is checked once per block. */
    static final int BLOCK = 1 << 10;

    private final RadixSelect order;
    private long[] magnitudes = {};
    private int[] indices = {};
    private int size;

    Candidates(RadixSelect order) {
        this.order = order;
    }

    /** Removes all candidates and ensures space for at least {@code room} of them. */
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
     * Adds the coordinates at or after {@code from} whose magnitude is above {@code bar}.
     *
     * @return the first coordinate that was not examined: {@code to}, or an earlier one if fewer than {@link #BLOCK}
     *     candidates still fit
     */
    int collect(VectorDifference vector, int from, int to, long bar) {
        double[] u = vector.u();
        float[] singles = vector.singles();
        double[] minus = vector.minus();
        int j = from;
        while (j < to) {
            int end = Math.min(to, j + BLOCK);
            if (end - j > indices.length - size) {
                return j;
            }
            // These loops are kept minimal: they are the only part of a selection that runs d times.
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
            long magnitude = VectorDifference.magnitude(u[j]);
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
            long magnitude = VectorDifference.magnitude(u[j] - minus[j]);
            if (magnitude > bar) {
                found[filled] = VectorDifference.saturated(magnitude);
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
            long magnitude = VectorDifference.magnitude(u[j]);
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
            long magnitude = VectorDifference.magnitude(u[j] - minus[j]);
            if (magnitude > bar) {
                found[filled] = VectorDifference.saturated(magnitude);
                at[filled++] = j;
            }
        }
        return filled;
    }

    /**
     * Keeps the {@code count} largest candidates, and the first of equal ones.
     *
     * @param count from 1 to {@link #size}
     * @return the smallest magnitude kept
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

    /**
     * Drops the candidates at or after a position whose magnitudes are not above the bar. Branch-free, since the
     * processor could not predict the branch.
     */
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
