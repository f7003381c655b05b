package io.evenkeel.client.internal.state;

import io.evenkeel.core.feedback.Staged;

/** A message that is saved and whose answer is not known yet. */
public final class Pending {

    private final int round;
    private final long sequence;
    private final long digest;
    private final byte[] message;
    private final Staged staged;

    Pending(int round, long sequence, long digest, byte[] message, Staged staged) {
        this.round = round;
        this.sequence = sequence;
        this.digest = digest;
        this.message = message;
        this.staged = staged;
    }

    /** Returns the round whose model it was computed on. */
    public int round() {
        return round;
    }

    /** Returns its number. */
    public long sequence() {
        return sequence;
    }

    /** Returns its digest. */
    public long digest() {
        return digest;
    }

    /** Returns its bytes, live. */
    public byte[] message() {
        return message;
    }

    Staged staged() {
        return staged;
    }
}
