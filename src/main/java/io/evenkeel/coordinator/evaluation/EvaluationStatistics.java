package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.evaluation.EvaluationResults.Figures;
import io.evenkeel.coordinator.evaluation.EvaluationView.GroupView;
import io.evenkeel.coordinator.evaluation.EvaluationView.MetricView;
import io.evenkeel.coordinator.evaluation.EvaluationView.WorstView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Assembles the statistics that the database computes from an evaluation's results. Works in the caller's transaction. */
@Component
class EvaluationStatistics {

    /** Smaller groups have no figures, which would say little about the group but much about single devices. */
    static final int MIN_DEVICES = 5;

    private static final int MAX_GROUPS = 100;

    private final EvaluationTable table;
    private final EvaluationResults results;

    EvaluationStatistics(EvaluationTable table, EvaluationResults results) {
        this.table = table;
        this.results = results;
    }

    /** Returns the statistics of each metric, by name: the final ones if the evaluation's end was noticed. */
    List<MetricView> of(EvaluationRound evaluation) {
        return table.reported(evaluation.key()).orElseGet(() -> computed(evaluation));
    }

    /** Computes the statistics from the devices' results. */
    List<MetricView> computed(EvaluationRound evaluation) {
        Map<String, List<Figures>> grouped = new LinkedHashMap<>();
        evaluation
                .breakdown()
                .forEach(attribute -> grouped.put(attribute, results.grouped(evaluation.key(), attribute)));
        List<MetricView> metrics = new ArrayList<>();
        for (Figures all : results.overall(evaluation.key())) {
            metrics.add(metric(evaluation, all, grouped));
        }
        return metrics;
    }

    private static MetricView metric(EvaluationRound evaluation, Figures all, Map<String, List<Figures>> grouped) {
        boolean lower = evaluation.isLowerBetter(all.metric());
        Map<String, List<GroupView>> groups = new LinkedHashMap<>();
        Map<String, WorstView> worst = new LinkedHashMap<>();
        grouped.forEach((attribute, figures) -> {
            List<GroupView> views = figures.stream()
                    .filter(group -> group.metric().equals(all.metric()))
                    .limit(MAX_GROUPS)
                    .map(EvaluationStatistics::group)
                    .toList();
            groups.put(attribute, views);
            Comparator<GroupView> better = Comparator.comparingDouble(
                    group -> (lower ? -1 : 1) * Objects.requireNonNull(group.weightedMean()));
            List<GroupView> large =
                    views.stream().filter(group -> !group.tooFew()).toList();
            if (large.size() > 1) {
                worst.put(attribute, worst(Collections.min(large, better), all, lower));
            }
        });
        return new MetricView(
                all.metric(),
                lower ? "min" : "max",
                all.devices(),
                all.samples(),
                all.weightedMean(),
                all.mean(),
                all.deciles(),
                groups,
                worst);
    }

    private static GroupView group(Figures group) {
        return group.devices() < MIN_DEVICES
                ? new GroupView(group.group(), group.devices(), true, null, null, null, null)
                : new GroupView(
                        group.group(),
                        group.devices(),
                        false,
                        group.samples(),
                        group.weightedMean(),
                        group.mean(),
                        group.deciles());
    }

    private static WorstView worst(GroupView group, Figures all, boolean lower) {
        double mean = Objects.requireNonNull(group.weightedMean());
        double gap = lower ? mean - all.weightedMean() : all.weightedMean() - mean;
        return new WorstView(group.value(), mean, Math.max(0, gap));
    }
}
