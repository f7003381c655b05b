package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Comparison.Paired;
import io.evenkeel.trial.result.Comparison.Ratio;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Formats a contrast as a sentence, such as "No worse accuracy (93.4% against 93.7%, margin 0.5 points) with 3.4 times fewer bytes
 * up and 1.2 times the rounds to accuracy 92.9%".
 */
final class ContrastText {

    private ContrastText() {}

    /**
     * @param metric the name of the metric on held-out samples, or null
     */
    static Contrast complete(Contrast contrast, ArmFigures arm, ArmFigures other, @Nullable String metric) {
        return new Contrast(
                contrast.arm(),
                contrast.other(),
                contrast.measure(),
                contrast.value(),
                contrast.otherValue(),
                contrast.quality(),
                contrast.margin(),
                contrast.difference(),
                contrast.target(),
                contrast.targetValue(),
                contrast.rounds(),
                contrast.uplink(),
                contrast.downlink(),
                contrast.roundsWithSearch(),
                contrast.uplinkWithSearch(),
                (arm.diverged() == other.diverged() ? quality(contrast) : divergences(arm, other))
                        + effort(contrast, metric));
    }

    private static String divergences(ArmFigures arm, ArmFigures other) {
        return String.format(
                Locale.ROOT,
                "Diverged in %d of %d runs against %d of %d",
                arm.diverged(),
                arm.runs().size(),
                other.diverged(),
                other.runs().size());
    }

    private static String quality(Contrast contrast) {
        Double value = contrast.value();
        Double other = contrast.otherValue();
        String measure = contrast.measure();
        if (value == null || other == null) {
            return "No final " + measure + " to compare";
        }
        String both = figure(measure, value) + " against " + figure(measure, other);
        Paired difference = contrast.difference();
        boolean higher = difference != null && difference.estimate() > 0;
        return switch (contrast.quality()) {
            case QualityJudge.NOT_WORSE ->
                "No worse " + measure + " (" + both + ", margin " + margin(contrast) + unit(measure) + ")";
            case QualityJudge.UNCLEAR -> "Unclear " + measure + " (" + both + doubt(measure, difference) + ")";
            default -> (higher ? "Higher " : "Lower ") + measure + " (" + both + ")";
        };
    }

    private static String margin(Contrast contrast) {
        Double margin = contrast.margin();
        return margin == null ? "0" : difference(contrast.measure(), margin);
    }

    private static String doubt(String measure, @Nullable Paired difference) {
        Double low = difference == null ? null : difference.low();
        Double high = difference == null ? null : difference.high();
        return low == null || high == null
                ? "; one seed cannot show whether it is worse"
                : ", the difference being " + difference(measure, low) + " to " + difference(measure, high)
                        + unit(measure);
    }

    private static String effort(Contrast contrast, @Nullable String metric) {
        Ratio rounds = contrast.rounds();
        Ratio uplink = contrast.uplink();
        String target = contrast.target();
        if (rounds == null || uplink == null || target == null) {
            return ", and no target that both reached";
        }
        return " with " + ratio(uplink, "bytes up") + " and " + ratio(rounds, "rounds") + " to "
                + goal(target, contrast.targetValue(), metric);
    }

    /** Formats a ratio, such as {@code 3.4 times fewer bytes up}. */
    static String ratio(Ratio ratio, String what) {
        Double value = ratio.value();
        if (value == null) {
            return "unknown " + what;
        }
        return switch (ratio.sign()) {
            case "fewer" -> times(1 / value) + " fewer " + what;
            case "more" -> times(value) + " the " + what;
            case "same" -> "about the same " + what;
            default -> "no clear difference in " + what + " (" + times(value) + ")";
        };
    }

    private static String times(double factor) {
        return String.format(Locale.ROOT, factor < 9.95 ? "%.1f times" : "%.0f times", factor);
    }

    /** Formats a target, such as {@code accuracy 92.9%}. */
    static String goal(String text, @Nullable Double value, @Nullable String metric) {
        Target target = Target.parse(text);
        String number = text.substring(text.indexOf(':') + 1);
        if (target.measure() == Target.Measure.GRAD_NORM) {
            return "||grad f|| < " + number;
        }
        String name = target.measure() == Target.Measure.LOSS ? "loss" : metric == null ? "accuracy" : metric;
        return name + " " + (target.share() && value != null ? figure(name, value) : number);
    }

    /**
     * Formats a quality figure: an accuracy in percent, other metrics of at most 1 with three decimals, a loss with
     * four digits.
     */
    static String figure(String measure, double value) {
        if (QualityMetric.isShare(measure)) {
            return String.format(Locale.ROOT, "%.1f%%", 100 * value);
        }
        return QualityMetric.hasUnitScale(measure) ? String.format(Locale.ROOT, "%.3f", value) : number(value);
    }

    /** Formats a difference of figures: accuracies in points, others with three digits. */
    static String difference(String measure, double value) {
        boolean points = QualityMetric.isShare(measure);
        double shown = points ? 100 * value : value;
        String text = points && Math.abs(shown) >= 1
                ? String.format(Locale.ROOT, "%.1f", shown)
                : String.format(Locale.ROOT, "%.2g", shown);
        return new BigDecimal(text).stripTrailingZeros().toPlainString();
    }

    private static String unit(String measure) {
        return QualityMetric.isShare(measure) ? " points" : "";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** Returns a sentence with a lower-case initial, to continue after a colon. */
    static String lowered(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
