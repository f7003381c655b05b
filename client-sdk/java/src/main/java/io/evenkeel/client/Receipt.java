package io.evenkeel.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's confirmation that a message is durable and part of a round.
 *
 * @param run the run's name
 * @param client the sender's id
 * @param round the round whose model the message was computed on
 * @param includedIn the round whose sum includes the message; later than {@code round} only if the run allows staleness
 * @param sequence the message's number among this client's messages in the run, from 1
 * @param digest the digest of the message
 * @param head the head of the client's chain; equals the digest unless later messages were accepted
 * @param acceptedAt the time of acceptance, if the coordinator sent it
 */
public record Receipt(
        String run,
        String client,
        int round,
        int includedIn,
        long sequence,
        long digest,
        long head,
        @Nullable Instant acceptedAt) {}
