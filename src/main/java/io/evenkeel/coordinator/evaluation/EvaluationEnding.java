package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.evaluation.EvaluationEvent.WorstGroup;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.evaluation.MetricStatistics;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Stores the final statistics of evaluations that are over, and notifies listeners. Stops accepting results first, then
 * computes the statistics without a lock, then stores them together with the event. So a crash in between, or a second
 * replica, does no harm. Thread-safe.
 */
@Component
class EvaluationEnding {

    private static final int MAX_WORST_GROUPS = 10;

    private final EvaluationTable table;
    private final EvaluationStatistics statistics;
    private final List<EvaluationListener> listeners;
    private final DurableTransactions transactions;
    private final Clock clock;

    EvaluationEnding(
            EvaluationTable table,
            EvaluationStatistics statistics,
            List<EvaluationListener> listeners,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.statistics = statistics;
        this.listeners = listeners;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Notifies listeners of a new evaluation, in the caller's transaction. */
    void started(EvaluationRound evaluation) {
        tell(evaluation, EvaluationEventType.STARTED, evaluation.createdAt(), null);
    }

    /** Returns the evaluations that are over but have no final statistics yet, oldest first. */
    List<EvaluationRound> due() {
        return transactions.read(() -> table.unreported(clock.instant()));
    }

    /** Stores the final statistics of an evaluation that is over. */
    void end(EvaluationRound due) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        transactions.write(() -> table.end(due.key(), now));
        EvaluationRound ended = transactions.read(() -> table.find(due.name())).orElseThrow();
        List<MetricStatistics> metrics = transactions.read(() -> statistics.computed(ended));
        transactions.write(() -> {
            if (table.report(ended.key(), metrics)) {
                tell(ended, type(ended.state(now)), now, worst(metrics));
            }
        });
    }

    private static EvaluationEventType type(EvaluationRound.State state) {
        return switch (state) {
            case OPEN -> throw new IllegalStateException("an evaluation that has ended is open");
            case FINISHED -> EvaluationEventType.FINISHED;
            case FAILED -> EvaluationEventType.FAILED;
            case CANCELLED -> EvaluationEventType.CANCELLED;
        };
    }

    /** Returns the worst groups of the first metrics and attributes only, to keep webhook payloads short. */
    private static List<WorstGroup> worst(List<MetricStatistics> metrics) {
        List<WorstGroup> worst = new ArrayList<>();
        metrics.forEach(metric -> metric.worst()
                .forEach((attribute, group) -> worst.add(
                        new WorstGroup(metric.name(), attribute, group.value(), group.weightedMean(), group.gap()))));
        return worst.stream().limit(MAX_WORST_GROUPS).toList();
    }

    private void tell(
            EvaluationRound evaluation, EvaluationEventType type, Instant at, @Nullable List<WorstGroup> worst) {
        EvaluationEvent event = new EvaluationEvent(
                evaluation.name(),
                evaluation.key(),
                type,
                evaluation.model().model(),
                evaluation.model().version(),
                evaluation.model().run(),
                evaluation.model().round(),
                evaluation.results(),
                at,
                worst);
        listeners.forEach(listener -> listener.happened(event));
    }
}
