package io.evenkeel.testkit.chaos.verdict;

/**
 * An accepted message, as recorded by a receipt or by the coordinator's log.
 *
 * @param client the sender
 * @param round the round of the model from which it was computed
 * @param includedIn the round whose sum includes it
 * @param sequence its number in the sender's chain
 * @param digest its digest
 */
public record Accepted(String client, int round, int includedIn, long sequence, long digest) {}
