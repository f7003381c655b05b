package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Comparison.Ratio;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Formats a contrast as a sentence, such as "Same accuracy (93.4% against 93.7%) with 3.4 times fewer bytes up and 1.2 times
 * the rounds to accuracy 92.9%".
 */
final class ContrastText {

    private ContrastText() {}

    static Contrast complete(Contrast contrast, ArmFigures arm, ArmFigures other) {
        return new Contrast(
                contrast.arm(),
                contrast.other(),
                contrast.measure(),
                contrast.value(),
                contrast.otherValue(),
                contrast.quality(),
                contrast.target(),
                contrast.targetValue(),
                contrast.rounds(),
                contrast.uplink(),
                contrast.downlink(),
                contrast.roundsWithSearch(),
                contrast.uplinkWithSearch(),
                (arm.diverged() == other.diverged() ? quality(contrast) : divergences(arm, other)) + effort(contrast));
    }

    private static String divergences(ArmFigures arm, ArmFigures other) {
        return String.format(
                Locale.ROOT,
                "Diverged in %d of %d runs against %d of %d,",
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
        boolean higher = "better".equals(contrast.quality()) != "loss".equals(measure);
        String what = switch (contrast.quality()) {
            case "same" -> "Same " + measure;
            case "unclear" -> "No clear difference in " + measure;
            default -> (higher ? "Higher " : "Lower ") + measure;
        };
        return what + " (" + figure(measure, value) + " against " + figure(measure, other) + ")";
    }

    private static String effort(Contrast contrast) {
        Ratio rounds = contrast.rounds();
        Ratio uplink = contrast.uplink();
        String target = contrast.target();
        if (rounds == null || uplink == null || target == null) {
            return ", and no target that both reached";
        }
        return " with " + ratio(uplink, "bytes up") + " and " + ratio(rounds, "rounds") + " to "
                + goal(target, contrast.targetValue(), contrast.measure());
    }

    /** Says how many times as much, such as {@code 3.4 times fewer bytes up}. */
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

    /** Says a target, such as {@code accuracy 92.9%}. */
    static String goal(String text, @Nullable Double value, String measure) {
        Target target = Target.parse(text);
        String number = text.substring(text.indexOf(':') + 1);
        if (target.measure() == Target.Measure.GRAD_NORM) {
            return "||grad f|| < " + number;
        }
        String name = target.measure() == Target.Measure.LOSS ? "loss" : metric(measure);
        return name + " " + (target.share() && value != null ? figure(name, value) : number);
    }

    private static String metric(String measure) {
        return "loss".equals(measure) ? "accuracy" : measure;
    }

    /** Writes a figure of quality: an accuracy in percent, R² with three decimals, a loss with four digits. */
    static String figure(String measure, double value) {
        return switch (measure) {
            case "accuracy" -> String.format(Locale.ROOT, "%.1f%%", 100 * value);
            case "R²" -> String.format(Locale.ROOT, "%.3f", value);
            default -> number(value);
        };
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** Returns a sentence's beginning in small letters, to go on with it after a colon. */
    static String lowered(String sentence) {
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
