package io.evenkeel.coordinator.run;

/**
 * Published after a commit that may have changed what a run's devices are to do.
 *
 * @param run the run's key
 */
public record RunChanged(long run) {}
