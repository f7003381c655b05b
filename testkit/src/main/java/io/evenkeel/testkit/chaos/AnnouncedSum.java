package io.evenkeel.testkit.chaos;

import java.util.Set;

/**
 * Which messages are in a cohort's sum, as a device was told before it revealed anything.
 *
 * @param round the round
 * @param attempt the attempt, from 0
 * @param digests the salted digests of the messages, the device's own among them
 */
record ToldSum(int round, int attempt, Set<Long> digests) {}
