package io.evenkeel.core.wire;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The figures that a client reports with its vector. Immutable.
 *
 * @param samples the number of samples of the gradient, at least 0: the weight of metrics in the round's means
 * @param loss the local loss at the round's model
 * @param gradientNorm the norm of the local gradient, at least 0
 * @param smoothness ||grad f_i(x^k) - grad f_i(x^{k-1})|| / ||x^k - x^{k-1}||, at least 0
 * @param metrics at most 32 named figures, sorted by name; names are 1 to 64 of a-z, 0-9, '_', '.' and '-'
 */
public record Report(
        long samples,
        OptionalDouble loss,
        OptionalDouble gradientNorm,
        OptionalDouble smoothness,
        Map<String, Double> metrics) {

    /** The maximum number of metrics in a report. */
    public static final int MAX_METRICS = 32;

    /** The metric for the number of optimizer steps that the client took in its round. */
    public static final String STEPS = "steps";

    /** The metric for the number of tokens that the client trained on in its round; a round's record has their sum. */
    public static final String TOKENS = "tokens";

    /**
     * The metric for the slope of the local loss along the step from the model of the client's previous
     * message.
     */
    public static final String SLOPE = "slope";

    /**
     * The metric for the slope of the local loss minus the slope that the device's error feedback predicts along the
     * same step. The predicted slope is that of its part of the coordinator's sum.
     */
    public static final String SLOPE_CHANGE = "slope-change";

    /** The largest value of {@link #STEPS} and {@link #TOKENS} that a coordinator accepts. */
    public static final double MAX_COUNT = 1e15;

    private static final Pattern NAME = Pattern.compile("[a-z0-9_.-]{1,64}");

    /**
     * @throws IllegalArgumentException if a figure is not finite or below its minimum, a name is invalid, or
     *     there are too many metrics
     */
    public Report {
        if (samples < 0) {
            throw new IllegalArgumentException("samples is " + samples + ", expected at least 0");
        }
        check("loss", loss, Double.NEGATIVE_INFINITY);
        check("gradientNorm", gradientNorm, 0);
        check("smoothness", smoothness, 0);
        if (metrics.size() > MAX_METRICS) {
            throw new IllegalArgumentException(
                    metrics.size() + " metrics, expected at most " + MAX_METRICS + ": leave some out");
        }
        metrics.forEach((name, value) -> {
            checkName(name);
            check("metrics." + name, OptionalDouble.of(value), Double.NEGATIVE_INFINITY);
        });
        metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    }

    /** Returns a report with only the number of samples. */
    public static Report of(long samples) {
        return new Report(samples, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static void checkName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "a metric is named '" + name + "', expected 1 to 64 of a-z, 0-9, '_', '.' and '-': rename it");
        }
    }

    private static void check(String name, OptionalDouble value, double least) {
        value.ifPresent(v -> {
            if (!Double.isFinite(v) || v < least) {
                throw new IllegalArgumentException(name + " is " + v + ", expected a finite number"
                        + (least == 0 ? " of at least 0" : "") + ": leave it out if it is unknown");
            }
        });
    }
}
