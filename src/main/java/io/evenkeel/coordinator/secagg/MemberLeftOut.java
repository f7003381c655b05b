package io.evenkeel.coordinator.secagg;

/**
 * Published when a member is left out of a run's cohorts.
 *
 * @param run the run's name
 */
public record MemberLeftOut(String run) {}
