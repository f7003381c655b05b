package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.evaluation.EvaluationDeletion;
import io.evenkeel.coordinator.experiment.RunExperiments;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Deletes runs: hides a run at once, so that it appears never to have existed, and leaves its rows to {@link DeletionWork}. Thread-safe.
 *
 * <p>Also deletes the run's members, messages, models, rounds, events and the evaluations of its models: everything
 * that an export of the run contains. Versions of registered models stay, because they have separate files.
 */
@Component
class RunDeletion {

    private final RunRepository runs;
    private final PlanCache plans;
    private final RunExperiments experiments;
    private final EvaluationDeletion evaluations;
    private final DatasetSpending spending;
    private final DeletionWork work;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    RunDeletion(
            RunRepository runs,
            PlanCache plans,
            RunExperiments experiments,
            EvaluationDeletion evaluations,
            DatasetSpending spending,
            DeletionWork work,
            DurableTransactions transactions,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.plans = plans;
        this.experiments = experiments;
        this.evaluations = evaluations;
        this.spending = spending;
        this.work = work;
        this.transactions = transactions;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Checks that a run can be deleted now.
     *
     * @throws ProblemException as for {@link #delete}
     */
    void requireDeletable(String name) {
        long id = plans.named(name).run();
        transactions.read(() -> {
            Run run = runs.get(id);
            run.requireDeletable();
            requireUnused(run);
            return true;
        });
    }

    /**
     * Deletes a run.
     *
     * @throws ProblemException {@code run-not-found}, {@code wrong-state} if the run has not ended,
     *     {@code in-use}
     */
    void delete(String name) {
        long id = plans.named(name).run();
        transactions.write(() -> {
            Run run = runs.locked(id);
            run.delete(clock.instant().truncatedTo(ChronoUnit.MILLIS));
            requireUnused(run);
        });
        work.begin();
        events.publishEvent(new RunChanged(id));
    }

    private void requireUnused(Run run) {
        String name = run.name();
        experiments.of(name).ifPresent(experiment -> {
            throw inUse(
                    name,
                    "it is an arm of experiment '" + experiment + "'",
                    "delete the experiment first; its runs stay, and can then be deleted");
        });
        evaluations.openOf(name).ifPresent(evaluation -> {
            throw inUse(
                    name,
                    "evaluation '" + evaluation + "' measures its model and still accepts results",
                    "wait for the evaluation to end, or cancel it");
        });
        if (spending.mustStay(run.id())) {
            throw inUse(
                    name,
                    "other runs may train on its data set (privacy.dataset), and what its devices have spent of their"
                            + " privacy budgets is computed from their messages in it",
                    "keep it");
        }
    }

    private static ProblemException inUse(String run, String why, String action) {
        return ProblemKind.IN_USE
                .because("run '" + run + "' cannot be deleted: " + why, action)
                .with("run", run);
    }
}
