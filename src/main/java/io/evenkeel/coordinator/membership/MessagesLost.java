package io.evenkeel.coordinator.membership;

/**
 * Published when a device has reported messages that were acknowledged and are gone.
 *
 * @param run the run's name
 * @param messages how many
 */
public record MessagesLost(String run, long messages) {}
