package io.evenkeel.trial.experiment;

import java.util.Arrays;
import java.util.Locale;

/**
 * A figure to be reached.
 *
 * @param measure of what
 * @param value the figure
 */
public record Target(Measure measure, double value) {

    /** What targets are set for. */
    public enum Measure {
        /** ||grad f||: to get below. */
        GRAD_NORM,
        /** f: to get below. */
        LOSS,
        /** Quality on held-out samples: to get to. */
        TEST_METRIC;

        /** Returns the name in configuration. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Reads {@code grad-norm:0.01}, {@code loss:0.3} or {@code test-metric:0.9}.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    public static Target parse(String text) {
        int colon = text.indexOf(':');
        for (Measure measure : Measure.values()) {
            if (colon > 0 && measure.text().equals(text.substring(0, colon))) {
                try {
                    double value = Double.parseDouble(text.substring(colon + 1));
                    if (Double.isFinite(value)) {
                        return new Target(measure, value);
                    }
                } catch (NumberFormatException e) {
                    // Told below, together with infinities.
                }
            }
        }
        throw new IllegalArgumentException("target '" + text + "': expected MEASURE:NUMBER with a measure of "
                + String.join(
                        ", ", Arrays.stream(Measure.values()).map(Measure::text).toList()));
    }

    /** Returns what {@link #parse} reads, as people write it: {@code grad-norm:1e-4}. */
    @Override
    public String toString() {
        return measure.text() + ":" + Double.toString(value).replace(".0E", "E").replace('E', 'e');
    }
}
