package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Exports the states of evaluations as gauges, which every coordinator reads from the database, and counts accepted results. Thread-safe.
 */
@Component
class EvaluationMetrics {

    private static final Duration SHOWN = Duration.ofDays(1);
    private static final int MAX_SHOWN = 10;

    private final EvaluationTable table;
    private final EvaluationStatistics statistics;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final Counter taken;
    private final MultiGauge worst;
    private volatile Map<EvaluationRound.State, Long> states = Map.of();
    private volatile Map<Tags, Double> gaps = Map.of();

    EvaluationMetrics(
            EvaluationTable table,
            EvaluationStatistics statistics,
            DurableTransactions transactions,
            MeterRegistry registry,
            Clock clock) {
        this.table = table;
        this.statistics = statistics;
        this.transactions = transactions;
        this.clock = clock;
        for (EvaluationRound.State state : EvaluationRound.State.values()) {
            Gauge.builder("evenkeel.evaluations", this, metrics -> metrics.states.getOrDefault(state, 0L))
                    .description("Evaluations in the database by state")
                    .tag("state", state.text())
                    .register(registry);
        }
        taken = Counter.builder("evenkeel.evaluation.results")
                .description("Results of evaluations that this coordinator has accepted")
                .register(registry);
        worst = MultiGauge.builder("evenkeel.evaluation.worst.gap")
                .description(
                        "How much worse the worst group is than all devices, of the newest 10 evaluations that ended"
                                + " in the last 24 hours")
                .register(registry);
    }

    /** Counts a stored result. */
    void taken() {
        taken.increment();
    }

    /** Reads the values. */
    void refresh() {
        Instant now = clock.instant();
        states = transactions.read(() -> table.states(now));
        gaps = transactions.read(() -> gaps(table.endedAfter(now.minus(SHOWN), MAX_SHOWN)));
        // Does not register unchanged gauges again: a scrape at that moment would see them twice, or not at
        // all.
        worst.register(gaps.keySet().stream()
                .<MultiGauge.Row<?>>map(
                        tags -> MultiGauge.Row.of(tags, this, metrics -> metrics.gaps.getOrDefault(tags, Double.NaN)))
                .toList());
    }

    private Map<Tags, Double> gaps(List<EvaluationRound> ended) {
        Map<Tags, Double> gaps = new HashMap<>();
        for (EvaluationRound evaluation : ended) {
            statistics
                    .of(evaluation)
                    .forEach(metric -> metric.worst()
                            .forEach((attribute, group) -> gaps.put(
                                    Tags.of(
                                            "evaluation",
                                            evaluation.name(),
                                            "metric",
                                            metric.name(),
                                            "attribute",
                                            attribute),
                                    group.gap())));
        }
        return gaps;
    }
}
