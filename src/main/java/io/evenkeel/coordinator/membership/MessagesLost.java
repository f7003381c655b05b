package io.evenkeel.coordinator.membership;

/**
 * Published when a device has reported that acknowledged messages are lost.
 *
 * @param run the run's name
 * @param messages the number of lost messages
 */
public record MessagesLost(String run, long messages) {}
