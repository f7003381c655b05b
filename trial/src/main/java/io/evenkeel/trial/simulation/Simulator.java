package io.evenkeel.trial.simulation;

import io.evenkeel.trial.result.ArmRun;

/** Runs one arm with one seed. */
@FunctionalInterface
public interface Simulator {

    /**
     * Runs all rounds, or until a figure is no longer finite or the listener stops the run.
     *
     * @param prepared the fleet, with its arms
     * @param arm the index of the arm
     * @param threads the maximum number of threads that compute gradients; the figures do not depend on it
     * @throws InterruptedException if the calling thread is interrupted while it waits
     */
    ArmRun run(Trial.Prepared prepared, int arm, long seed, int threads, RoundListener listener)
            throws InterruptedException;
}
