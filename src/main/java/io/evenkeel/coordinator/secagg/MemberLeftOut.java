package io.evenkeel.coordinator.secagg;

/**
 * Published when a member is excluded from a run's cohorts.
 *
 * @param run the run's name
 */
public record MemberLeftOut(String run) {}
