package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.engine.evaluation.EvaluationRound;
import org.springframework.stereotype.Component;

/**
 * Stores the final statistics of evaluations that are over, every few seconds. Runs on every replica; see
 * {@link EvaluationEnding}. Thread-safe.
 */
@Component
class EvaluationScheduler extends BackgroundWork {

    private final EvaluationEnding ending;
    private final EvaluationMetrics metrics;
    private final FailureLog failures;

    EvaluationScheduler(
            EvaluationEnding ending, EvaluationMetrics metrics, EvaluationSettings settings, FailureLog failures) {
        super("evaluations", settings.poll(), failures);
        this.ending = ending;
        this.metrics = metrics;
        this.failures = failures;
    }

    @Override
    protected void work() {
        for (EvaluationRound due : ending.due()) {
            if (isStopping()) {
                return;
            }
            try {
                ending.end(due);
            } catch (RuntimeException e) {
                failures.warn("Evaluation " + due.name() + " could not be ended; trying again", e);
            }
        }
        metrics.refresh();
    }
}
