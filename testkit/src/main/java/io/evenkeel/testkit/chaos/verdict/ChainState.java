package io.evenkeel.testkit.chaos.verdict;

/**
 * The position of a device's chain, as stored by the device or the coordinator.
 *
 * @param sequence the number of accepted messages
 * @param head the digest of the last one
 * @param memory g_i, d values
 */
@SuppressWarnings("ArrayRecordComponent") // Compared value by value where it matters, never with equals.
public record ChainState(long sequence, long head, double[] memory) {}
