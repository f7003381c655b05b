package io.evenkeel.engine.message;

import java.time.Instant;

/**
 * An accepted message, with the data of its receipt.
 *
 * @param client the sender
 * @param round the round of the model it was computed on
 * @param includedIn the round whose sum contains it
 * @param sequence its number in the sender's chain
 * @param digest its digest
 * @param acceptedAt the time when it was accepted
 * @param bytes its length
 */
public record AcceptedMessage(
        String client, int round, int includedIn, long sequence, long digest, Instant acceptedAt, int bytes) {

    /** Returns the receipt of a message to a run with the given name. */
    public AcceptanceReceipt receipt(String run) {
        return AcceptanceReceipt.of(run, client, round, includedIn, sequence, digest, acceptedAt);
    }
}
