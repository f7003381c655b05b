package io.evenkeel.engine.definition;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value that the loss or a metric must reach, such as {@code accuracy >= 0.95}.
 *
 * @param metric {@code loss}, or the name of a metric that devices report
 * @param atLeast whether the value must be at least the limit; otherwise at most
 * @param limit the limit, finite
 */
record StopTarget(String metric, boolean atLeast, double limit) {

    /** The name of the loss among the metrics. */
    static final String LOSS = "loss";

    private static final Pattern LOSS_TEXT = Pattern.compile("\\s*loss\\s*[<>]=.*");
    private static final Pattern TEXT = Pattern.compile("\\s*([a-z0-9_.-]{1,64})\\s*(<=|>=)\\s*(\\S+)\\s*");

    /**
     * Parses the text form.
     *
     * @throws IllegalArgumentException if it is not a name, {@code <=} or {@code >=}, and a finite number
     */
    static StopTarget parse(@Nullable String text) {
        Matcher matcher = TEXT.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            throw malformed(text);
        }
        return new StopTarget(matcher.group(1), matcher.group(2).equals(">="), number(matcher.group(3), text));
    }

    private static double number(String digits, @Nullable String text) {
        try {
            double limit = Double.parseDouble(digits);
            if (Double.isFinite(limit)) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Refused below, with the whole text.
        }
        throw malformed(text);
    }

    private static IllegalArgumentException malformed(@Nullable String text) {
        return new IllegalArgumentException("is " + (text == null ? "missing" : "'" + text + "'")
                + ", expected a metric, <= or >=, and a number, such as 'accuracy >= 0.95' or 'loss <= 0.1'");
    }

    /** Returns whether a text, which need not be valid, is a target of the loss. */
    static boolean isOfLoss(@Nullable String text) {
        return text != null && LOSS_TEXT.matcher(text).matches();
    }

    /** Returns whether a round's value reaches the limit. A round without the value does not. */
    boolean isReached(@Nullable Double value) {
        return value != null && (atLeast ? value >= limit : value <= limit);
    }

    /** Returns the loss or a metric, null if no device reported it. */
    static @Nullable Double value(String metric, @Nullable Double loss, Map<String, Double> metrics) {
        return metric.equals(LOSS) ? loss : metrics.get(metric);
    }

    /** Returns the text form. */
    @Override
    public String toString() {
        return metric + (atLeast ? " >= " : " <= ") + limit;
    }
}
