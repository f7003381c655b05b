package io.evenkeel.testkit.chaos;

/**
 * Where a device stands, as it or the coordinator has it.
 *
 * @param sequence messages accepted
 * @param head the digest of the last
 * @param memory g_i, d values
 */
@SuppressWarnings("ArrayRecordComponent") // Compared value by value where it matters, never with equals.
record ChainState(long sequence, long head, double[] memory) {}
