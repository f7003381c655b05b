package io.evenkeel.trial.grid;

import java.util.Map;

/** The plan of a grid of trials. */
public sealed interface GridPlan permits SweepPlan, StudyPlan {

    GridKind kind();

    /**
     * Returns the sweeps by the names of their folders, in the order of their execution. The name is empty if there is
     * only one.
     *
     * @throws IllegalArgumentException if one is impossible
     */
    Map<String, SweepPlan> grids();
}
