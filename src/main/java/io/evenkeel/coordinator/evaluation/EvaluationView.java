package io.evenkeel.coordinator.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as operators see it.
 *
 * @param name its name
 * @param state where it is in its life
 * @param model what is measured
 * @param devices which devices are asked, with the share of the selected that a number came to
 * @param participants how many results are needed and taken
 * @param results how many results there are
 * @param breakdown attributes by whose values results are grouped
 * @param deadline until when results are taken
 * @param createdBy the name of the operator who created it
 * @param createdAt when
 * @param resultsDeletedAt since when the results of single devices are deleted; the statistics stay
 * @param metrics the statistics by metric; null in lists
 * @param sites the relays that have answered for the devices of their sites, at most 100; null in lists
 */
@Schema(name = "Evaluation")
@JsonInclude(JsonInclude.Include.NON_NULL)
record EvaluationView(
        String name,
        EvaluationRound.State state,
        @JsonUnwrapped EvaluatedModel model,
        EvaluationRequest.Devices devices,
        EvaluationRequest.Participants participants,
        int results,
        List<String> breakdown,
        Instant deadline,
        String createdBy,
        Instant createdAt,
        @Nullable Instant resultsDeletedAt,
        @Nullable List<MetricView> metrics,
        @Nullable List<SiteView> sites) {

    /**
     * A relay's answer.
     *
     * @param client its client
     * @param devices the devices of its site whose results are counted
     * @param reason why there are none
     */
    @Schema(name = "EvaluationSite")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SiteView(String client, int devices, @Nullable String reason) {}

    /**
     * A metric over all devices that sent it.
     *
     * @param name its name
     * @param goal {@code min} or {@code max}: what is better
     * @param devices how many devices sent it
     * @param samples how many samples they measured
     * @param weightedMean the mean, each device weighted by its samples
     * @param mean the mean, each device with the same weight
     * @param deciles the nine values below which 10%, 20%, … 90% of the devices lie, interpolated: of those that are not behind relays
     * @param groups the same over the devices with each value of an attribute, by attribute, the largest group first
     * @param worst the worst group by attribute: of two or more with enough devices, the one with the worst weighted
     *     mean
     */
    @Schema(name = "EvaluationMetric")
    record MetricView(
            String name,
            String goal,
            long devices,
            double samples,
            double weightedMean,
            double mean,
            List<Double> deciles,
            Map<String, List<GroupView>> groups,
            Map<String, WorstView> worst) {}

    /**
     * A metric over the devices of a group. A group of few devices has no figures: they would say little, and almost name the value of
     * one device.
     *
     * @param value the devices' value of the attribute; null for devices without it
     * @param devices how many devices sent the metric
     * @param tooFew whether there are too few for figures
     * @param samples how many samples they measured
     * @param weightedMean the mean, each device weighted by its samples
     * @param mean the mean, each device with the same weight
     * @param deciles as of all devices
     */
    @Schema(name = "EvaluationGroup")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record GroupView(
            @Nullable String value,
            long devices,
            boolean tooFew,
            @Nullable Double samples,
            @Nullable Double weightedMean,
            @Nullable Double mean,
            @Nullable List<Double> deciles) {}

    /**
     * The group with the worst weighted mean.
     *
     * @param value the devices' value of the attribute; null for devices without it
     * @param weightedMean its mean
     * @param gap how much worse it is than the mean over all devices, at least 0
     */
    @Schema(name = "EvaluationWorstGroup")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WorstView(@Nullable String value, double weightedMean, double gap) {}

    static EvaluationView of(
            EvaluationRound evaluation,
            Instant now,
            @Nullable List<MetricView> metrics,
            @Nullable List<SiteView> sites) {
        return new EvaluationView(
                evaluation.name(),
                evaluation.state(now),
                evaluation.model(),
                new EvaluationRequest.Devices(
                        evaluation.selector().toString(), evaluation.share(), null, evaluation.seed()),
                new EvaluationRequest.Participants(evaluation.least(), evaluation.most()),
                evaluation.results(),
                evaluation.breakdown(),
                evaluation.deadline(),
                evaluation.createdBy(),
                evaluation.createdAt(),
                evaluation.resultsDeletedAt(),
                metrics,
                sites);
    }
}
