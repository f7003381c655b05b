package io.evenkeel.trial.text;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import java.util.Locale;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** Formats a summary's figures for people. */
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

    /** Returns a target, such as {@code ‖∇f‖ < 0.01}, or {@code 90% of the gain in loss}. */
    public static String target(String text) {
        return target(text, QualityMetric.ACCURACY.name());
    }

    private static String target(String text, String metric) {
        Target target = Target.parse(text);
        String value = Numerals.shortest(target.value(), DIGITS);
        if (target.share()) {
            return value + "% of the gain in " + (target.measure() == Target.Measure.LOSS ? "loss" : metric);
        }
        return switch (target.measure()) {
            case GRAD_NORM -> "‖∇f‖ < " + value;
            case LOSS -> "loss < " + value;
            case TEST_METRIC -> metric + " ≥ " + metric(metric, target.value());
        };
    }

    /** Returns a target with its figure, such as {@code accuracy 92.9% (99% of the gain)}. */
    public static String target(ArmSummary.Reach reach, @Nullable String metric) {
        Target target = Target.parse(reach.target());
        Double value = reach.value();
        if (!target.share() || value == null) {
            return target(reach.target(), metric == null ? QualityMetric.ACCURACY.name() : metric);
        }
        String measure = target.measure() == Target.Measure.LOSS || metric == null ? "loss" : metric;
        return measure + " " + quality(measure, value) + " (" + Numerals.shortest(target.value(), DIGITS)
                + "% of the gain)";
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

    /** Returns the median and the interval over seeds, such as {@code 163 [150, 171]}; a dash for none. */
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

    /** Returns a count out of a total. */
    public static String count(int some, int all) {
        return String.format(Locale.ROOT, "%,d of %,d", some, all);
    }
}
