package io.evenkeel.testkit.chaos;

/**
 * That a message was accepted: as a receipt says, or as the coordinator's log does.
 *
 * @param client the sender
 * @param round the round of the model it was computed on
 * @param includedIn the round it is added in
 * @param sequence its number in the sender's chain
 * @param digest its digest
 */
record Accepted(String client, int round, int includedIn, long sequence, long digest) {}
