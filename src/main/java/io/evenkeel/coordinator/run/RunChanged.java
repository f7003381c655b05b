package io.evenkeel.coordinator.run;

/**
 * Published after a commit that may have changed the work of a run's devices.
 *
 * @param run the run's key
 */
public record RunChanged(long run) {}
