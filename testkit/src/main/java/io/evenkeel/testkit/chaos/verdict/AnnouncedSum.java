package io.evenkeel.testkit.chaos.verdict;

import java.util.Set;

/**
 * The messages in a cohort's sum, as the coordinator announced them to a device before it revealed anything.
 *
 * @param round the round
 * @param attempt the attempt, from 0
 * @param digests the salted digests of the messages, the device's own among them
 */
public record AnnouncedSum(int round, int attempt, Set<Long> digests) {}
