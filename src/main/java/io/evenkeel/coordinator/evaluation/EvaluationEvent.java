package io.evenkeel.coordinator.evaluation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of an evaluation.
 *
 * @param evaluation its name
 * @param key its key in the database
 * @param type the type of the event
 * @param model the registered model that is measured; null for the model of a run's round
 * @param version the version of that model
 * @param run the run whose model is measured; null if it was uploaded
 * @param round the round of that run
 * @param results the number of results
 * @param at when it happened, or was detected
 * @param worst the worst groups, of at most 10 metrics and attributes; null unless the evaluation has ended
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EvaluationEvent(
        String evaluation,
        @JsonIgnore long key,
        @JsonIgnore EvaluationEventType type,
        @Nullable String model,
        @Nullable Integer version,
        @Nullable String run,
        @Nullable Integer round,
        int results,
        Instant at,
        @Nullable List<WorstGroup> worst) {

    /**
     * The group with the worst mean of a metric.
     *
     * @param metric the metric
     * @param attribute the attribute by which devices are grouped
     * @param value the devices' value of it; null for devices without it
     * @param weightedMean the group's mean, with each device weighted by its samples
     * @param gap how much worse it is than the mean over all devices, at least 0
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WorstGroup(
            String metric, String attribute, @Nullable String value, double weightedMean, double gap) {}
}
