package io.evenkeel.trial.experiment;

import java.util.Arrays;
import java.util.Locale;

/**
 * A figure to reach: a number, or a share of the baseline's gain from its first model to its last.
 *
 * @param measure the measure
 * @param value the figure, or the share in percent, above 0 and at most 100
 * @param share whether it is a share
 */
public record Target(Measure measure, double value, boolean share) {

    private static final double PERCENT = 100;

    public Target {
        Check.that(
                !share || (value > 0 && value <= PERCENT && measure != Measure.GRAD_NORM),
                "target '" + measure.text() + ":" + value
                        + "%': expected loss or test-metric with more than 0% and at most 100%");
    }

    public Target(Measure measure, double value) {
        this(measure, value, false);
    }

    /** The measure of a target. */
    public enum Measure {
        /** ||grad f||: must fall below the target. */
        GRAD_NORM,
        /** f: must fall below the target. */
        LOSS,
        /** Quality on held-out samples: must reach the target. */
        TEST_METRIC;

        /** Returns the name in configuration. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Converts a share to a figure.
     *
     * @param first the figure of the baseline's first model
     * @param last the figure of its last model
     */
    public Target between(double first, double last) {
        return share ? new Target(measure, first + value / PERCENT * (last - first)) : this;
    }

    /**
     * Reads {@code loss:90%}, {@code test-metric:99%}, {@code loss:0.3}, {@code test-metric:0.9} or {@code
     * grad-norm:0.01}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public static Target parse(String text) {
        int colon = text.indexOf(':');
        for (Measure measure : Measure.values()) {
            if (colon > 0 && measure.text().equals(text.substring(0, colon))) {
                boolean share = text.endsWith("%");
                try {
                    double value = Double.parseDouble(text.substring(colon + 1, text.length() - (share ? 1 : 0)));
                    if (Double.isFinite(value)) {
                        return new Target(measure, value, share);
                    }
                } catch (NumberFormatException e) {
                    // Rejected below, like infinite values.
                }
            }
        }
        throw new IllegalArgumentException("target '" + text
                + "': expected MEASURE:NUMBER or MEASURE:SHARE% with a measure of "
                + String.join(
                        ", ", Arrays.stream(Measure.values()).map(Measure::text).toList()));
    }

    /** Returns the form that {@link #parse} reads, formatted for display: {@code grad-norm:1e-4}. */
    @Override
    public String toString() {
        if (share) {
            return measure.text() + ":" + Double.toString(value).replaceFirst("\\.0$", "") + "%";
        }
        return measure.text() + ":" + Double.toString(value).replace(".0E", "E").replace('E', 'e');
    }
}
