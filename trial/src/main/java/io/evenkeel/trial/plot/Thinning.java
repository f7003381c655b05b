package io.evenkeel.trial.plot;

import java.util.Arrays;

/**
 * Omits points that are invisible on the page: keeps the first, the last, the lowest and the highest point of
 * each column of pixels ("M4", Jugel, Jerzak, Hackenbroich, Markl, VLDB 2014). The drawn line is
 * pixel-identical, and no peak is lost.
 */
final class Thinning {

    private static final int KEPT = 4;

    private Thinning() {}

    /**
     * Chooses points.
     *
     * @param x ascending x values, in pixels
     * @param y the y values, one for each x
     * @return the indices of the points to keep, ascending
     */
    static int[] keep(double[] x, double[] y) {
        int[] kept = new int[x.length];
        int count = 0;
        int from = 0;
        while (from < x.length) {
            int to = from;
            double column = Math.floor(x[from]);
            while (to < x.length && Math.floor(x[to]) == column) {
                to++;
            }
            for (int index : ofColumn(y, from, to)) {
                kept[count++] = index;
            }
            from = to;
        }
        return Arrays.copyOf(kept, count);
    }

    private static int[] ofColumn(double[] y, int from, int to) {
        int lowest = from;
        int highest = from;
        for (int i = from; i < to; i++) {
            lowest = y[i] < y[lowest] ? i : lowest;
            highest = y[i] > y[highest] ? i : highest;
        }
        int[] all = {from, lowest, highest, to - 1};
        return Arrays.stream(all).sorted().distinct().limit(KEPT).toArray();
    }
}
