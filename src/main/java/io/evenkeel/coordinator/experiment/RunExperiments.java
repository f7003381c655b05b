package io.evenkeel.coordinator.experiment;

import io.evenkeel.engine.permission.RunPatterns;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds the experiment that a run belongs to, for other features. Works in the caller's transaction. */
@Component
public class RunExperiments {

    private final ExperimentTable table;

    RunExperiments(ExperimentTable table) {
        this.table = table;
    }

    /** Returns the name of the experiment that has a run as an arm; empty if there is none. */
    public Optional<String> of(String run) {
        return table.list("", run, RunPatterns.ALL, 1).stream()
                .map(FleetExperiment::name)
                .findFirst();
    }
}
