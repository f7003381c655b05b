package io.evenkeel.trial.text;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** Formats a summary's figures as human-readable text. */
public final class TextFormat {

    private static final int DIGITS = 4;
    private static final String CONSTANT = "constant:";

    private TextFormat() {}

    /** Returns a number, or a dash. */
    public static String number(@Nullable Double value) {
        return value == null ? "–" : Numerals.shortest(value, DIGITS);
    }

    /** Returns a loss with enough digits to distinguish losses. */
    public static String loss(@Nullable Double value) {
        return value == null ? "–" : Numerals.shortest(value, 6);
    }

    /** Returns a constant step size with four digits, or a schedule unchanged. */
    public static String stepSize(String gamma) {
        return gamma.startsWith(CONSTANT)
                ? String.format(Locale.ROOT, "%.4g", Double.parseDouble(gamma.substring(CONSTANT.length())))
                : gamma;
    }

    public static String bytes(double value) {
        return Quantity.bytes(Math.round(value));
    }

    /** Returns a number of seconds. */
    public static String seconds(double value) {
        return Numerals.shortest(value, 3) + " s";
    }

    /** Returns a share in percent. */
    public static String percent(@Nullable Double share) {
        return share == null ? "–" : Numerals.shortest(100 * share, 3) + " %";
    }

    /**
     * Returns a quality figure: an accuracy in percent, other metrics of at most 1 with three decimals, a loss with
     * four digits.
     */
    public static String quality(String measure, @Nullable Double value) {
        if (value == null) {
            return "–";
        }
        if (QualityMetric.isShare(measure)) {
            return String.format(Locale.ROOT, "%.1f%%", 100 * value);
        }
        return QualityMetric.hasUnitScale(measure) ? String.format(Locale.ROOT, "%.3f", value) : number(value);
    }

    /** Returns a final figure of a metric with three digits, or a dash. */
    public static String metric(@Nullable String metric, @Nullable Double value) {
        return value == null || metric == null || QualityMetric.isShare(metric)
                ? percent(value)
                : Numerals.shortest(value, 3);
    }

    /** Returns a difference of quality figures with two digits; accuracies in points. */
    public static String difference(String measure, double size) {
        return Numerals.shortest(QualityMetric.isShare(measure) ? 100 * size : size, 2);
    }

    /**
     * Returns the median and the interval over seeds, such as {@code 163 [150, 171]}; a dash if there is
     * none.
     */
    public static String spread(ArmSummary.Spread spread, DoubleFunction<String> format) {
        Double median = spread.median();
        return median == null ? "–" : format.apply(median) + interval(spread, format);
    }

    private static String interval(ArmSummary.Spread spread, DoubleFunction<String> format) {
        Double low = spread.low();
        Double high = spread.high();
        // Runs without differences have no range.
        if (low == null || (low.equals(spread.median()) && low.equals(high))) {
            return "";
        }
        return " [" + format.apply(low) + ", " + (high == null ? "∞" : format.apply(high)) + "]";
    }
}
