package io.evenkeel.client.internal.work;

import io.evenkeel.client.VersionMetrics;
import io.evenkeel.client.internal.protocol.Names;
import java.util.Map;
import java.util.TreeMap;

/** Checks a device's result of an evaluation before it is sent. */
public final class EvaluationReport {

    private EvaluationReport() {}

    /**
     * Returns the body of the request.
     *
     * @throws IllegalArgumentException if the name is not valid, or there is no finite value or no sample
     */
    public static Map<String, Object> of(String evaluation, VersionMetrics result) {
        if (!Names.isName(evaluation)) {
            throw new IllegalArgumentException("evaluation is '" + evaluation + "', expected " + Names.EXPECTED);
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
