package io.evenkeel.coordinator.secagg;

/**
 * Tells that a member is left out of a run's cohorts from now on.
 *
 * @param run the run's name
 */
public record MemberLeftOut(String run) {}
