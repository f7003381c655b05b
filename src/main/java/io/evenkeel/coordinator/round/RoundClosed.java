package io.evenkeel.coordinator.round;

import io.evenkeel.engine.round.RoundRecord;

/**
 * Published after the commit that closed a round, by the coordinator that closed it.
 *
 * @param run the run's name
 * @param record the round's record
 * @param times how long closing took
 */
public record RoundClosed(String run, RoundRecord record, ClosingTimes times) {}
