package io.evenkeel.engine.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A metric over all devices that sent it.
 *
 * @param name its name
 * @param goal {@code min} or {@code max}: whether smaller or larger values are better
 * @param devices the number of devices that sent it
 * @param samples the number of samples that they measured
 * @param weightedMean the mean, each device weighted by its samples
 * @param mean the mean, each device with the same weight
 * @param deciles the nine values below which 10%, 20%, … 90% of the devices that are not behind relays lie,
 *     interpolated
 * @param groups the same figures over the devices with each value of an attribute, by attribute, the largest
 *     group first
 * @param worst the worst group by attribute: of two or more with enough devices, the one with the worst weighted
 *     mean
 */
@Schema(name = "EvaluationMetric")
public record MetricStatistics(
        String name,
        String goal,
        long devices,
        double samples,
        double weightedMean,
        double mean,
        List<Double> deciles,
        Map<String, List<Group>> groups,
        Map<String, Worst> worst) {

    /**
     * Smaller groups have no figures: they would say little about the group, but a lot about single devices.
     */
    public static final int MIN_DEVICES = 5;

    private static final int MAX_GROUPS = 100;

    /**
     * A metric over the devices of a group. A group of few devices has no figures: they would say little, and almost
     * reveal the value of a single device.
     *
     * @param value the devices' value of the attribute; null for devices without it
     * @param devices the number of devices that sent the metric
     * @param tooFew whether there are too few for figures
     * @param samples the number of samples that they measured
     * @param weightedMean the mean, each device weighted by its samples
     * @param mean the mean, each device with the same weight
     * @param deciles as for all devices
     */
    @Schema(name = "EvaluationGroup")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Group(
            @Nullable String value,
            long devices,
            boolean tooFew,
            @Nullable Double samples,
            @Nullable Double weightedMean,
            @Nullable Double mean,
            @Nullable List<Double> deciles) {

        private static Group of(MetricFigures group) {
            return group.devices() < MIN_DEVICES
                    ? new Group(group.group(), group.devices(), true, null, null, null, null)
                    : new Group(
                            group.group(),
                            group.devices(),
                            false,
                            group.samples(),
                            group.weightedMean(),
                            group.mean(),
                            group.deciles());
        }
    }

    /**
     * The group with the worst weighted mean.
     *
     * @param value the devices' value of the attribute; null for devices without it
     * @param weightedMean its mean
     * @param gap the amount by which it is worse than the mean over all devices, at least 0
     */
    @Schema(name = "EvaluationWorstGroup")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Worst(@Nullable String value, double weightedMean, double gap) {}

    /**
     * Returns the statistics of a metric.
     *
     * @param isLowerBetter whether smaller values are better
     * @param all over all devices
     * @param grouped the figures of this and other metrics over the devices with each value of an attribute,
     *     by attribute, the largest groups first
     */
    public static MetricStatistics of(
            boolean isLowerBetter, MetricFigures all, Map<String, List<MetricFigures>> grouped) {
        Map<String, List<Group>> groups = new LinkedHashMap<>();
        Map<String, Worst> worst = new LinkedHashMap<>();
        grouped.forEach((attribute, figures) -> {
            List<Group> ofMetric = figures.stream()
                    .filter(group -> group.metric().equals(all.metric()))
                    .limit(MAX_GROUPS)
                    .map(Group::of)
                    .toList();
            groups.put(attribute, ofMetric);
            Comparator<Group> better = Comparator.comparingDouble(
                    group -> (isLowerBetter ? -1 : 1) * Objects.requireNonNull(group.weightedMean()));
            List<Group> large =
                    ofMetric.stream().filter(group -> !group.tooFew()).toList();
            if (large.size() > 1) {
                worst.put(attribute, worst(Collections.min(large, better), all, isLowerBetter));
            }
        });
        return new MetricStatistics(
                all.metric(),
                isLowerBetter ? "min" : "max",
                all.devices(),
                all.samples(),
                all.weightedMean(),
                all.mean(),
                all.deciles(),
                groups,
                worst);
    }

    private static Worst worst(Group group, MetricFigures all, boolean isLowerBetter) {
        double mean = Objects.requireNonNull(group.weightedMean());
        double gap = isLowerBetter ? mean - all.weightedMean() : all.weightedMean() - mean;
        return new Worst(group.value(), mean, Math.max(0, gap));
    }
}
