package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.evaluation.SiteResult;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A device's result of an evaluation.
 *
 * @param samples the number of samples that it measured, 1 to 1e9: the weight in weighted means
 * @param metrics 1 to 32 named figures, each within ±1e30; names are 1 to 64 of a-z, 0-9, '_', '.' and '-'
 * @param site for a relay, instead of the other fields: the combined result of its site's devices
 */
record EvaluationResult(
        @Nullable Long samples,
        @Nullable Map<String, @Nullable Double> metrics,
        @Nullable SiteResult site) {

    private static final long MAX_SAMPLES = 1_000_000_000;
    private static final double LARGEST = 1e30;

    /** A checked result. */
    record Checked(long samples, Map<String, Double> metrics) {

        /** Returns the content that is compared to decide whether two results are equal. */
        String digest() {
            return Credential.hash(samples + " " + metrics);
        }
    }

    /** @throws ProblemException {@code invalid} */
    Checked checked() {
        if (samples == null || samples < 1 || samples > MAX_SAMPLES) {
            throw invalid("samples", "samples: is " + samples + ", expected an integer from 1 to " + MAX_SAMPLES);
        }
        Map<String, Double> figures = new TreeMap<>();
        (metrics == null ? Map.<String, Double>of() : metrics).forEach((name, value) -> {
            if (value == null || !(Math.abs(value) <= LARGEST)) {
                throw invalid(
                        "metrics", "metrics: " + name + " is " + value + ", expected a number from -1e30 to 1e30");
            }
            figures.put(name, value);
        });
        if (figures.isEmpty()) {
            throw invalid("metrics", "metrics: is missing or empty, expected figures such as {\"accuracy\": 0.93}");
        }
        try {
            Report report = new Report(
                    samples, OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty(), figures);
            return new Checked(samples, report.metrics());
        } catch (IllegalArgumentException e) {
            throw invalid("metrics", "metrics: " + e.getMessage());
        }
    }

    private static ProblemException invalid(String field, String detail) {
        return ProblemKind.INVALID
                .because(detail, "correct it and send the result again")
                .with("field", field);
    }
}
