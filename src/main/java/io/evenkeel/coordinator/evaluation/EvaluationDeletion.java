package io.evenkeel.coordinator.evaluation;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.evaluation.EvaluationRound;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Deletes evaluations that have ended, in small steps, the rows of their devices first. After an interruption the
 * evaluation still has its statistics, and can be deleted again. Thread-safe.
 */
@Component
public class EvaluationDeletion {

    private static final int ROWS_A_STEP = 1000;

    private final EvaluationTable table;
    private final EvaluationResults results;
    private final EvaluationEnding ending;
    private final DurableTransactions transactions;
    private final Clock clock;

    EvaluationDeletion(
            EvaluationTable table,
            EvaluationResults results,
            EvaluationEnding ending,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.results = results;
        this.ending = ending;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Returns up to {@code limit} names of evaluations that ended before a time, sorted, starting after a given name. */
    public List<String> endedBefore(Instant time, String after, int limit) {
        return transactions.read(() -> table.endedBefore(time, after, limit));
    }

    /**
     * Checks that an evaluation can be deleted now.
     *
     * @throws ProblemException as for {@link #delete}
     */
    public void requireDeletable(String name) {
        EvaluationRound unused = ended(name);
    }

    /**
     * Deletes an evaluation.
     *
     * @throws ProblemException {@code evaluation-not-found}, {@code still-valid} if the evaluation still
     *     accepts results
     */
    public void delete(String name) {
        EvaluationRound evaluation = ended(name);
        // Stores the final statistics, after which the devices' results are no longer needed.
        ending.end(evaluation);
        boolean more = true;
        while (more) {
            more = transactions.write(() -> deleteSome(evaluation));
        }
    }

    private EvaluationRound ended(String name) {
        EvaluationRound evaluation =
                transactions.read(() -> table.find(name)).orElseThrow(() -> Evaluations.notFound(name));
        if (evaluation.state(clock.instant()) == EvaluationRound.State.OPEN) {
            throw ProblemKind.STILL_VALID
                    .because(
                            "evaluation '" + name + "' accepts results until " + evaluation.deadline(),
                            "cancel it first, or wait for its end")
                    .with("evaluation", name);
        }
        return evaluation;
    }

    /** Returns the name of an evaluation of a run's models that still accepts results. Works in the caller's transaction. */
    public Optional<String> openOf(String run) {
        Instant now = clock.instant();
        return table.ofRun(run).stream()
                .filter(evaluation -> evaluation.state(now) == EvaluationRound.State.OPEN)
                .map(EvaluationRound::name)
                .findFirst();
    }

    /** Deletes some rows of the evaluations of a run's models, in the caller's transaction; returns whether there were any. */
    public boolean deleteSomeOf(String run) {
        Optional<EvaluationRound> next = table.ofRun(run).stream().findFirst();
        next.ifPresent(this::deleteSome);
        return next.isPresent();
    }

    /** Returns whether there is more to delete. */
    private boolean deleteSome(EvaluationRound evaluation) {
        boolean more = results.delete(evaluation.key(), ROWS_A_STEP);
        if (!more) {
            table.delete(evaluation.key());
        }
        return more;
    }
}
