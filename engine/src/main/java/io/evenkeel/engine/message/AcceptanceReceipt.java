package io.evenkeel.engine.message;

import java.time.Instant;
import java.util.HexFormat;

/**
 * The receipt of a message: it is durable and part of its round. Every request for it gets the same receipt.
 *
 * @param run the run's name
 * @param client the client
 * @param round the round of the model the message was computed on
 * @param includedIn the round in which it is added; a later one if it came late, within the run's staleness
 * @param sequence its number among the client's messages
 * @param digest its digest, 16 hex digits
 * @param head the value of {@code previous} in the client's next message: the same digest
 * @param acceptedAt the time when it was accepted
 */
public record AcceptanceReceipt(
        String run,
        String client,
        int round,
        int includedIn,
        long sequence,
        String digest,
        String head,
        Instant acceptedAt) {

    static AcceptanceReceipt of(
            String run, String client, int round, int includedIn, long sequence, long digest, Instant acceptedAt) {
        String hex = HexFormat.of().toHexDigits(digest);
        return new AcceptanceReceipt(run, client, round, includedIn, sequence, hex, hex, acceptedAt);
    }
}
