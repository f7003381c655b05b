package io.evenkeel.coordinator.experiment;

import io.evenkeel.coordinator.lifecycle.RunGroups;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.experiment.Assignment;
import io.evenkeel.engine.permission.RunPatterns;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Creates, starts, stops and deletes experiments. Each action changes all of an experiment's runs or none.
 * Thread-safe.
 */
@Component
class Experiments {

    private final ExperimentTable table;
    private final ArmDefinitions definitions;
    private final RunGroups runs;
    private final DurableTransactions transactions;
    private final Clock clock;

    Experiments(
            ExperimentTable table,
            ArmDefinitions definitions,
            RunGroups runs,
            DurableTransactions transactions,
            Clock clock) {
        this.table = table;
        this.definitions = definitions;
        this.runs = runs;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Creates an experiment with a run for each arm.
     *
     * @param operator the name of its creator
     * @throws ProblemException {@code invalid}, {@code name-taken}, {@code insufficient-memory}
     */
    ExperimentView create(ExperimentRequest request, String operator) {
        double share = share(request);
        definitions.requireFree(request);
        Assignment assignment = request.assignment() == null
                ? Assignment.SPLIT
                : Assignment.valueOf(request.assignment().toUpperCase(Locale.ROOT));
        if (assignment == Assignment.SPLIT && request.block() != null) {
            throw ProblemKind.INVALID
                    .because(
                            "block: is present, but with the assignment 'split' a device stays in its arm",
                            "leave it out, or set assignment to crossover")
                    .with("field", "block");
        }
        FleetExperiment experiment = new FleetExperiment(
                request.name(),
                assignment,
                share,
                request.seed() == null ? request.name() : request.seed(),
                assignment == Assignment.SPLIT ? null : Objects.requireNonNullElse(request.block(), 1),
                operator,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                ArmDefinitions.arms(request));
        runs.create(definitionsOf(request, experiment), () -> table.insert(experiment));
        return view(experiment);
    }

    private static double share(ExperimentRequest request) {
        double share = request.share() == null ? 1 : request.share();
        if (!(share > 0 && share <= 1)) {
            throw ProblemKind.INVALID
                    .because(
                            "share: is " + share + ", expected a share of the selected devices above 0 and at most 1",
                            "correct it, or leave it out for all selected devices")
                    .with("field", "share");
        }
        return share;
    }

    private List<RunDefinition> definitionsOf(ExperimentRequest request, FleetExperiment experiment) {
        List<RunDefinition> all = new ArrayList<>();
        int arms = experiment.arms().size();
        for (int i = 0; i < arms; i++) {
            RunDefinition.Part part = experiment.assignment().part(experiment.seed(), experiment.share(), i, arms);
            int block = experiment.block() == null ? 1 : experiment.block();
            RunDefinition.Crossover turns = experiment.assignment().turns(experiment.seed(), i, arms, block);
            all.add(definitions.of(request, experiment.arms().get(i), part, turns));
        }
        return all;
    }

    /** Returns up to {@code limit} experiments, newest first; see {@link ExperimentTable#list}. */
    List<ExperimentView> list(String search, @Nullable String run, RunPatterns readers, int limit) {
        return transactions.read(() ->
                table.list(search, run, readers, limit).stream().map(this::view).toList());
    }

    /**
     * Returns an experiment with its current state.
     *
     * @throws ProblemException {@code experiment-not-found}
     */
    ExperimentView get(String name) {
        return view(experiment(name));
    }

    /**
     * Starts all arms, or none.
     *
     * @throws ProblemException {@code experiment-not-found}, {@code wrong-state}, {@code too-few-members},
     *     {@code insufficient-memory}; the problem names the run that cannot start
     */
    ExperimentView start(String name) {
        FleetExperiment experiment = experiment(name);
        runs.start(experiment.runs());
        return view(experiment);
    }

    /**
     * Cancels all arms that are not over, in one transaction.
     *
     * @throws ProblemException {@code experiment-not-found}, {@code wrong-state} if all arms are over
     */
    ExperimentView stop(String name) {
        FleetExperiment experiment = experiment(name);
        if (runs.cancel(experiment.runs()) == 0) {
            throw wrongState("all arms of experiment '" + name + "' are already over", "compare them with its report");
        }
        return view(experiment);
    }

    /**
     * Deletes an experiment; its runs stay.
     *
     * @throws ProblemException {@code experiment-not-found}, {@code wrong-state} while an arm is not over
     */
    void delete(String name) {
        ExperimentView view = get(name);
        if (view.state() != ExperimentView.State.OVER) {
            throw wrongState(
                    "experiment '" + name + "' is " + view.state().text()
                            + ", and its arms belong together until they are over",
                    "stop it with POST /api/v1/experiments/" + name + "/stop, then delete it");
        }
        transactions.write(() -> table.delete(name));
    }

    private FleetExperiment experiment(String name) {
        return transactions
                .read(() -> table.find(name))
                .orElseThrow(() -> ProblemKind.EXPERIMENT_NOT_FOUND
                        .because(
                                "there is no experiment named '" + name + "'",
                                "GET /api/v1/experiments lists the experiments")
                        .with("experiment", name));
    }

    private static ProblemException wrongState(String detail, String action) {
        return ProblemKind.WRONG_STATE.because(detail, action);
    }

    private ExperimentView view(FleetExperiment experiment) {
        return ExperimentView.of(experiment, runs.views(experiment.runs()));
    }
}
