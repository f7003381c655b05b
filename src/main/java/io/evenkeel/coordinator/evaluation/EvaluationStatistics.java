package io.evenkeel.coordinator.evaluation;

import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.evaluation.MetricFigures;
import io.evenkeel.engine.evaluation.MetricStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Assembles the statistics that the database computes from an evaluation's results. Works in the caller's transaction. */
@Component
class EvaluationStatistics {

    private final EvaluationTable table;
    private final EvaluationResults results;

    EvaluationStatistics(EvaluationTable table, EvaluationResults results) {
        this.table = table;
        this.results = results;
    }

    /** Returns the statistics of each metric, by name; the final ones if they have been stored. */
    List<MetricStatistics> of(EvaluationRound evaluation) {
        return table.reported(evaluation.key()).orElseGet(() -> computed(evaluation));
    }

    /** Computes the statistics from the devices' results. */
    List<MetricStatistics> computed(EvaluationRound evaluation) {
        Map<String, List<MetricFigures>> grouped = new LinkedHashMap<>();
        evaluation
                .breakdown()
                .forEach(attribute -> grouped.put(attribute, results.grouped(evaluation.key(), attribute)));
        return results.overall(evaluation.key()).stream()
                .map(all -> MetricStatistics.of(evaluation.isLowerBetter(all.metric()), all, grouped))
                .toList();
    }
}
