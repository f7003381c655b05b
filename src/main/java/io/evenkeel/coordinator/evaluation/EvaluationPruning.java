package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.PrunedRows;
import io.evenkeel.engine.evaluation.EvaluationRound;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Deletes individual devices' results when the evaluation ended long ago. Its statistics were stored when it
 * ended.
 */
@Component
class EvaluationPruning implements PrunedRows {

    private static final int RESULTS_A_STEP = 1000;

    private final EvaluationTable table;
    private final EvaluationResults results;
    private final DurableTransactions transactions;
    private final EvaluationSettings settings;

    EvaluationPruning(
            EvaluationTable table,
            EvaluationResults results,
            DurableTransactions transactions,
            EvaluationSettings settings) {
        this.table = table;
        this.results = results;
        this.transactions = transactions;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "results of evaluations";
    }

    @Override
    public boolean prune(Instant now) {
        Optional<EvaluationRound> next = transactions.read(() -> table.endedBefore(now.minus(settings.retention())));
        next.ifPresent(evaluation -> transactions.writeLazily(() -> {
            if (!results.delete(evaluation.key(), RESULTS_A_STEP)) {
                table.resultsDeleted(evaluation.key(), now);
            }
        }));
        return next.isPresent();
    }
}
