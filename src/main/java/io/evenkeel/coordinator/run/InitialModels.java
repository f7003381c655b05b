package io.evenkeel.coordinator.run;

/** What starting a run needs of the models: that x^0 is there. */
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
