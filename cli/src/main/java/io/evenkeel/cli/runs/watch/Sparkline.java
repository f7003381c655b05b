package io.evenkeel.cli.runs.watch;

import java.util.Arrays;
import java.util.List;

/**
 * A curve of the loss over the rounds in one line of text. Its scale is logarithmic where the losses span
 * more than a factor of ten.
 */
final class Sparkline {

    private static final String LEVELS = "▁▂▃▄▅▆▇█";
    private static final double WIDE = 10;

    private Sparkline() {}

    /**
     * Draws losses from the lowest to the highest.
     *
     * @param points in the order of their rounds, which may have gaps; losses that are not finite are left out
     * @param columns the maximum number of characters, at least 1; each shows the mean of the same number of rounds
     */
    static String of(List<RunHistory.LossPoint> points, int columns) {
        List<RunHistory.LossPoint> finite =
                points.stream().filter(point -> Double.isFinite(point.loss())).toList();
        if (finite.isEmpty()) {
            return "";
        }
        double[] means = means(finite, columns);
        double low = Arrays.stream(means).min().orElseThrow();
        double high = Arrays.stream(means).max().orElseThrow();
        boolean logarithmic = low > 0 && high / low > WIDE;
        StringBuilder line = new StringBuilder();
        for (double mean : means) {
            double share = logarithmic ? Math.log(mean / low) / Math.log(high / low) : (mean - low) / (high - low);
            line.append(LEVELS.charAt(high > low ? (int) Math.round(share * (LEVELS.length() - 1)) : 0));
        }
        return line.toString();
    }

    /** Returns the mean of each column's rounds; a column without rounds repeats the previous one. */
    private static double[] means(List<RunHistory.LossPoint> points, int columns) {
        int first = points.get(0).round();
        long span = points.get(points.size() - 1).round() - (long) first + 1;
        int width = (int) Math.min(columns, span);
        double[] sums = new double[width];
        int[] counts = new int[width];
        for (RunHistory.LossPoint point : points) {
            int column = (int) ((point.round() - (long) first) * width / span);
            sums[column] += point.loss();
            counts[column]++;
        }
        for (int i = 0; i < width; i++) {
            sums[i] = counts[i] == 0 ? sums[i - 1] : sums[i] / counts[i];
        }
        return sums;
    }
}
