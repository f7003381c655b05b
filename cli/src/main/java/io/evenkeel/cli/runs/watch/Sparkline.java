package io.evenkeel.cli.runs.watch;

import java.util.List;

/** A curve in one line of text. */
final class Sparkline {

    private static final String LEVELS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /**
     * Draws values from the lowest to the highest.
     *
     * @param values in order; those that are not finite are left out
     * @param columns at most so many characters, at least 1; each is the mean of as many values
     */
    static String of(List<Double> values, int columns) {
        double[] finite = values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .toArray();
        double[] means = means(finite, Math.min(columns, finite.length));
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double mean : means) {
            low = Math.min(low, mean);
            high = Math.max(high, mean);
        }
        StringBuilder line = new StringBuilder();
        for (double mean : means) {
            double share = high > low ? (mean - low) / (high - low) : 0;
            line.append(LEVELS.charAt((int) Math.round(share * (LEVELS.length() - 1))));
        }
        return line.toString();
    }

    private static double[] means(double[] values, int buckets) {
        double[] means = new double[buckets];
        for (int b = 0; b < buckets; b++) {
            int from = (int) ((long) b * values.length / buckets);
            int to = (int) ((long) (b + 1) * values.length / buckets);
            for (int i = from; i < to; i++) {
                means[b] += values[i] / (to - from);
            }
        }
        return means;
    }
}
