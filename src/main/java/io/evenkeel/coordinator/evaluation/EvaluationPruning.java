package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Deletes the results of single devices of evaluations that ended long ago, in small steps. Their statistics were stored at their end.
 * Thread-safe; several replicas may do it at once.
 */
@Component
class EvaluationPruning extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final int ROWS_A_STEP = 1000;

    private final EvaluationTable table;
    private final EvaluationResults results;
    private final DurableTransactions transactions;
    private final Duration retention;
    private final TrustedTime time;

    EvaluationPruning(
            EvaluationTable table,
            EvaluationResults results,
            DurableTransactions transactions,
            EvaluationSettings settings,
            TrustedTime time,
            FailureLog failures) {
        super("evaluation-pruning", PERIOD, failures);
        this.table = table;
        this.results = results;
        this.transactions = transactions;
        this.retention = settings.retention();
        this.time = time;
    }

    @Override
    protected void work() {
        repeatWithRests(() -> {
            Optional<EvaluationRound> next = transactions.read(
                    () -> table.endedBefore(time.forRetention().minus(retention)));
            next.ifPresent(evaluation -> transactions.writeLazily(() -> {
                if (!results.delete(evaluation.key(), ROWS_A_STEP)) {
                    table.resultsDeleted(evaluation.key(), time.forRetention());
                }
            }));
            return next.isPresent();
        });
    }
}
