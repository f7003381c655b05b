package io.evenkeel.client.internal.work;

import io.evenkeel.client.DeadlineException;
import io.evenkeel.client.DeclineReason;
import io.evenkeel.client.VersionEvaluator;
import io.evenkeel.client.VersionMetrics;
import io.evenkeel.client.WorkHandler;
import io.evenkeel.client.internal.device.LoggingListener;
import io.evenkeel.client.internal.http.StoppedException;
import io.evenkeel.client.internal.protocol.CheckIn;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.state.StoredVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Measures the models of evaluations and sends the results. This process does not retry an evaluation whose measurement
 * fails. Not thread-safe.
 */
final class EvaluationWorker {

    private final Coordinator coordinator;
    private final LoggingListener listener;
    private final WorkHandler handler;
    private final Set<String> failed = new HashSet<>();

    EvaluationWorker(Coordinator coordinator, LoggingListener listener, WorkHandler handler) {
        this.coordinator = coordinator;
        this.listener = listener;
        this.handler = handler;
    }

    /**
     * Processes an evaluation if the application has an evaluator for it.
     *
     * @throws DeadlineException if the coordinator cannot be reached
     */
    void answer(CheckIn.Evaluation evaluation) throws InterruptedException {
        VersionEvaluator evaluator = failed.contains(evaluation.name()) ? null : handler.evaluator(evaluation.name());
        if (evaluator == null) {
            return;
        }
        DeclineReason reason = handler.declines();
        if (reason != null) {
            listener.waiting("the device measures no model now: " + reason.text());
            return;
        }
        try {
            byte[] file = coordinator.evaluatedModel(evaluation.path(), StoredVersion.MAX_BYTES);
            VersionMetrics result = evaluator.evaluate(StoredVersion.of(evaluation.number(), file));
            coordinator.reportEvaluation(evaluation.name(), EvaluationReport.of(evaluation.name(), result));
            listener.waiting("measured the model of evaluation " + evaluation.name() + leftOut(result));
        } catch (InterruptedException | StoppedException | DeadlineException ending) {
            throw ending;
        } catch (Exception | OutOfMemoryError | StackOverflowError | LinkageError e) {
            failed.add(evaluation.name());
            listener.waiting("takes no part in evaluation " + evaluation.name() + ": " + e);
        }
    }

    private static String leftOut(VersionMetrics result) {
        List<String> names = new ArrayList<>();
        result.metrics().forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                names.add(name);
            }
        });
        return names.isEmpty() ? "" : "; not finite and not sent: " + String.join(", ", names);
    }
}
