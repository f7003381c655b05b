package io.evenkeel.client.internal.state;

import io.evenkeel.core.feedback.Staged;

/** A saved message that the coordinator has not answered yet. */
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

    /** Returns the round of the model on which it was computed. */
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

    /** Returns its bytes, not copied. */
    public byte[] message() {
        return message;
    }

    Staged staged() {
        return staged;
    }
}
