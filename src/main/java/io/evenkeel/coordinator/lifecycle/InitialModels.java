package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.definition.ValidatedPlan;

/** Prepares the initial model of a run before it starts; implemented by the package {@code model}. */
public interface InitialModels {

    /**
     * Makes sure that the state before round 0 is in the database, in the caller's transaction.
     *
     * @param run the run's key
     * @param plan the run's plan
     * @return whether it is; false if it has to be uploaded first
     */
    boolean prepare(long run, ValidatedPlan plan);
}
