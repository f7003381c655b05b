package io.evenkeel.engine.evaluation;

import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.problem.ReasonText;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The combined results of the devices behind a relay in an evaluation.
 *
 * @param devices the number of devices that it covers, 0 to {@link #MAX_DEVICES}
 * @param reason the reason why there are no figures
 * @param metrics the figures of each metric, by name
 */
@Schema(name = "EvaluationSiteResult")
public record SiteResult(int devices, @Nullable String reason, Map<String, Metric> metrics) {

    /** The maximum number of devices behind a relay. */
    public static final int MAX_DEVICES = 10_000_000;

    private static final double LARGEST = 1e30;
    private static final double MAX_SAMPLES = 1e18;

    /** The result before any device has answered. */
    public static final SiteResult NONE = new SiteResult(0, null, Map.of());

    /** Sorts the metrics by name. */
    public SiteResult {
        metrics = new TreeMap<>(Objects.requireNonNullElse(metrics, Map.of()));
    }

    /**
     * A metric over several devices.
     *
     * @param devices the number of devices that sent it
     * @param samples the number of samples that they measured
     * @param weightedMean the mean, each device weighted by its samples
     * @param mean the mean, each device with the same weight
     */
    @Schema(name = "EvaluationSiteMetric")
    public record Metric(int devices, double samples, double weightedMean, double mean) {}

    /**
     * Returns the next result. A metric gets new figures only when at least {@code least} further devices have sent it,
     * so that the difference between two results does not reveal the values of fewer devices.
     *
     * @param answered the number of devices that have answered
     * @param measured the figures of their metrics
     * @param least the minimum number of further devices
     */
    public static SiteResult next(SiteResult before, int answered, Map<String, Metric> measured, int least) {
        Map<String, Metric> next = new TreeMap<>(before.metrics());
        measured.forEach((name, metric) -> {
            Metric known = next.get(name);
            if (metric.devices() - (known == null ? 0 : known.devices()) >= least) {
                next.put(name, metric);
            }
        });
        if (next.equals(before.metrics())) {
            return before.devices() > 0
                    ? before
                    : new SiteResult(
                            0,
                            answered + " devices of the site have answered, but its operator requires at least "
                                    + least,
                            Map.of());
        }
        return new SiteResult(answered, null, next);
    }

    /** Returns the result of a site that cannot evaluate the model. */
    public static SiteResult refused(String why) {
        return new SiteResult(0, ReasonText.of(why), Map.of());
    }

    /**
     * Checks the figures.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid}
     */
    public SiteResult checked() {
        require(
                devices >= 0 && devices <= MAX_DEVICES,
                "site.devices",
                "is " + devices + ", expected 0 to " + MAX_DEVICES);
        require(
                devices > 0 || metrics.isEmpty(),
                "site.metrics",
                "has " + metrics.size() + " metrics, expected none of 0 devices");
        require(
                reason == null || ReasonText.isValid(reason),
                "site.reason",
                "is not text of at most " + ReasonText.MAX + " characters without control characters");
        try {
            TreeMap<String, Double> names = new TreeMap<>();
            metrics.keySet().forEach(name -> names.put(name, 0.0));
            var unused = new Report(1, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), names);
        } catch (IllegalArgumentException e) {
            require(false, "site.metrics", String.valueOf(e.getMessage()));
        }
        metrics.forEach((name, metric) -> {
            String field = "site.metrics." + name;
            require(metric != null, field, "is null, expected the figures of several devices");
            require(
                    metric.devices() >= 1 && metric.devices() <= devices,
                    field + ".devices",
                    "is " + metric.devices() + ", expected 1 to site.devices, which is " + devices);
            require(
                    metric.samples() >= metric.devices() && metric.samples() <= MAX_SAMPLES,
                    field + ".samples",
                    "is " + metric.samples() + ", expected at least 1 for each device");
            require(
                    Math.abs(metric.weightedMean()) <= LARGEST && Math.abs(metric.mean()) <= LARGEST,
                    field,
                    "has a mean outside -1e30 to 1e30");
        });
        return this;
    }

    private static void require(boolean holds, String field, String fault) {
        if (!holds) {
            throw ProblemKind.INVALID
                    .because(field + ": " + fault, "correct it and send the result again")
                    .with("field", field);
        }
    }
}
