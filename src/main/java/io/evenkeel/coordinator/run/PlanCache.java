package io.evenkeel.coordinator.run;

import io.evenkeel.engine.definition.RunDefinition;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Finds runs' plans, which never change, and caches them. Thread-safe. */
@Component
public class PlanCache {

    private final RunRepository runs;
    private final JsonMapper json;
    private final Map<String, Known> byName = new ConcurrentHashMap<>();
    private final Map<Long, Known> byId = new ConcurrentHashMap<>();

    PlanCache(RunRepository runs, JsonMapper json) {
        this.runs = runs;
        this.json = json;
    }

    /**
     * A run's plan with the run's key.
     *
     * @param run the run's key in the database
     * @param plan the plan
     */
    public record Known(long run, ValidatedPlan plan) {}

    /**
     * Returns the plan of the run with the given name.
     *
     * @throws ProblemException {@code run-not-found}
     */
    public Known named(String name) {
        Known known = byName.get(name);
        return known != null ? known : remember(runs.findByName(name).orElseThrow(() -> notFound(name)));
    }

    /** Returns the plan of an existing run. */
    public ValidatedPlan of(long run) {
        Known known = byId.get(run);
        return known != null ? known.plan() : remember(runs.get(run)).plan();
    }

    /** Returns the plan of a loaded run. */
    public ValidatedPlan of(Run run) {
        Known known = byId.get(run.id());
        return known != null ? known.plan() : remember(run).plan();
    }

    /** Drops all runs but these, because they were deleted. A run that was just created is read again. */
    public void keepOnly(Collection<Long> existing) {
        byId.keySet().retainAll(existing);
        byName.values().removeIf(known -> !byId.containsKey(known.run()));
    }

    /** Returns a definition as the JSON that a run stores. */
    public String encode(RunDefinition definition) {
        return json.writeValueAsString(definition);
    }

    private Known remember(Run run) {
        Known known = new Known(run.id(), ValidatedPlan.of(json.readValue(run.definition(), RunDefinition.class)));
        byName.put(run.name(), known);
        byId.put(run.id(), known);
        return known;
    }

    private static ProblemException notFound(String name) {
        return ProblemKind.RUN_NOT_FOUND
                .because("there is no run named '" + name + "'", "GET /api/v1/runs lists the runs")
                .with("run", name);
    }
}
