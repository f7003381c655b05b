package io.evenkeel.client;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Metrics of a version on data of the device. Immutable. */
public final class VersionMetrics {

    private static final Pattern NAME = Pattern.compile("[a-z0-9_.-]{1,64}");
    private static final int MAX_COUNT = 32;

    private final long samples;
    private final SortedMap<String, Double> metrics;

    private VersionMetrics(long samples, SortedMap<String, Double> metrics) {
        this.samples = samples;
        this.metrics = metrics;
    }

    /**
     * Creates metrics.
     *
     * @param samples the number of samples, at least 0
     * @param metrics at most 32 by name, such as {@code accuracy}.
     *     Values that are not finite are not sent. In a roll-out such a value of the new version, on at least one
     *     sample, is a failure of the version, unless the value of the version in use is not finite either
     * @throws IllegalArgumentException if there are too many, a name is not 1 to 64 of a to z, 0 to 9, '_', '.' and
     *     '-', or {@code samples} is negative
     */
    public static VersionMetrics of(long samples, Map<String, Double> metrics) {
        if (samples < 0) {
            throw new IllegalArgumentException("samples is " + samples + ", expected 0 or more");
        }
        if (metrics.size() > MAX_COUNT) {
            throw new IllegalArgumentException(metrics.size() + " metrics, expected at most " + MAX_COUNT);
        }
        for (String name : metrics.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a metric is named '" + name + "', expected 1 to 64 of a-z, 0-9, '_', '.' and '-'");
            }
        }
        return new VersionMetrics(samples, Collections.unmodifiableSortedMap(new TreeMap<>(metrics)));
    }

    /** Returns the number of samples of the metrics. */
    public long samples() {
        return samples;
    }

    /** Returns the metrics by name. */
    public SortedMap<String, Double> metrics() {
        return metrics;
    }
}
