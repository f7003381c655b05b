package io.evenkeel.client.internal.work;

import io.evenkeel.client.VersionMetrics;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Checks a device's result of an evaluation before it is sent. */
public final class EvaluationReport {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

    private EvaluationReport() {}

    /**
     * Returns the body of the request.
     *
     * @throws IllegalArgumentException if the name is not valid, or there is no finite value or no sample
     */
    public static Map<String, Object> of(String evaluation, VersionMetrics result) {
        if (!NAME.matcher(evaluation).matches()) {
            throw new IllegalArgumentException(
                    "evaluation is '" + evaluation + "', expected 1 to 64 of a to z, 0 to 9 and hyphen");
        }
        Map<String, Double> metrics = new TreeMap<>(result.metrics());
        metrics.values().removeIf(value -> !Double.isFinite(value));
        if (metrics.isEmpty() || result.samples() < 1) {
            throw new IllegalArgumentException("the result has " + metrics.size() + " finite metrics and "
                    + result.samples() + " samples, expected at least one of each");
        }
        return Map.of("samples", result.samples(), "metrics", metrics);
    }
}
