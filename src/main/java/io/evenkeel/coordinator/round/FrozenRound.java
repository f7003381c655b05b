package io.evenkeel.coordinator.round;

/**
 * A round whose messages are fixed, and which is ready to be closed.
 *
 * @param run the run's key
 * @param round k
 * @param epoch the epoch of the lease under which the round is closed
 */
record FrozenRound(long run, int round, long epoch) {}
