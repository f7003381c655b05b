package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.engine.definition.ValidatedPlan;

/** Prepares the initial model of a run before it starts; implemented by the package {@code model}. */
public interface InitialModels {

    /**
     * Stores the state before round 0 of a run that has not started, unless it is already stored or must be
     * uploaded. Not for use inside a transaction, since it may have to wait for the object store.
     *
     * @param run the run's key
     * @param plan the run's plan
     * @throws io.evenkeel.engine.problem.ProblemException {@code insufficient-memory}
     */
    void prepare(long run, ValidatedPlan plan);

    /** Returns whether the state before round 0 of a run is stored. Works in the caller's transaction. */
    boolean isPrepared(long run);
}
