package io.evenkeel.coordinator.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.engine.evaluation.EvaluatedModel;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.evaluation.MetricStatistics;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as operators see it.
 *
 * @param name its name
 * @param state its state
 * @param model the measured model
 * @param devices the devices asked; if a number was requested, with the share of the selected devices
 *     computed from it
 * @param participants the number of results that are needed and accepted
 * @param results the number of results
 * @param breakdown the attributes by which results are grouped
 * @param deadline the time until which results are accepted
 * @param createdBy the name of the operator who created it
 * @param createdAt when it was created
 * @param resultsDeletedAt when the results of individual devices were deleted; the statistics stay
 * @param metrics the statistics by metric; null in lists
 * @param sites the relays that have sent results for the devices of their sites, at most 100; null in lists
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
        @Nullable List<MetricStatistics> metrics,
        @Nullable List<SiteView> sites) {

    /**
     * A relay's result.
     *
     * @param client its client id
     * @param devices the devices of its site whose results are counted
     * @param reason why there are no figures
     */
    @Schema(name = "EvaluationSite")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SiteView(String client, int devices, @Nullable String reason) {}

    static EvaluationView of(
            EvaluationRound evaluation,
            Instant now,
            @Nullable List<MetricStatistics> metrics,
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
