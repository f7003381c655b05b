package io.evenkeel.engine.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A metric over all devices, or over those of a group.
 *
 * @param metric its name
 * @param group the devices' value of the attribute; null for those without it, and for all devices
 * @param devices the number of devices that sent it
 * @param samples the number of samples that they measured
 * @param weightedMean the mean, each device weighted by its samples
 * @param mean the mean, each device with the same weight
 * @param deciles the nine values below which 10%, 20%, … 90% of the devices that are not behind relays lie,
 *     interpolated; none without such devices
 */
public record MetricFigures(
        String metric,
        @Nullable String group,
        long devices,
        double samples,
        double weightedMean,
        double mean,
        List<Double> deciles) {

    /** Adds the devices behind relays; a single device counts the same whether it is behind a relay or not. */
    private MetricFigures plus(MetricFigures site) {
        double allSamples = samples + site.samples;
        double allDevices = (double) devices + site.devices;
        return new MetricFigures(
                metric,
                group,
                devices + site.devices,
                allSamples,
                (samples * weightedMean + site.samples * site.weightedMean) / allSamples,
                (devices * mean + site.devices * site.mean) / allDevices,
                deciles);
    }

    /**
     * Adds the figures of relays to those of devices.
     *
     * @param direct the figures of devices, in the required order
     */
    public static List<MetricFigures> together(
            List<MetricFigures> direct, List<MetricFigures> ofSites, Comparator<MetricFigures> order) {
        if (ofSites.isEmpty()) {
            return direct;
        }
        Map<List<@Nullable String>, MetricFigures> all = new LinkedHashMap<>();
        Stream.concat(direct.stream(), ofSites.stream())
                .forEach(one -> all.merge(Arrays.asList(one.metric(), one.group()), one, MetricFigures::plus));
        return all.values().stream().sorted(order).toList();
    }
}
