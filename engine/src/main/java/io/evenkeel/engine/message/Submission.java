package io.evenkeel.engine.message;

import io.evenkeel.engine.chain.ModelName;

/**
 * The data that decides whether a message with valid content is accepted.
 *
 * @param client the sender
 * @param model the model it was computed on
 * @param sequence its number in the sender's chain, from 1
 * @param previous the digest of the sender's previous message, 0 for none
 * @param digest its digest
 * @param bytes its length
 */
public record Submission(String client, ModelName model, long sequence, long previous, long digest, int bytes) {

    /** Returns the round of the model it was computed on. */
    public int round() {
        return model.round();
    }
}
