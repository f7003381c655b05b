package io.evenkeel.core.wire;

import java.util.Objects;

/** A device's masked vector and its position in the device's chain of messages. The words are not copied. */
public final class MaskedVector {

    private final long sequence;
    private final long previous;
    private final long digest;
    private final int[] words;

    /**
     * @param sequence the number of the message among the device's messages in the run, at least 1
     * @param previous the digest of the device's previous message in a sum, 0 for the first
     * @param digest the salted digest of the message, see {@link Digest#salted}
     * @param words the masked words, at least 1
     */
    public MaskedVector(long sequence, long previous, long digest, int[] words) {
        if (sequence < 1 || words.length == 0) {
            throw new IllegalArgumentException(
                    "sequence " + sequence + " and " + words.length + " words, expected at least 1 each");
        }
        this.sequence = sequence;
        this.previous = previous;
        this.digest = digest;
        this.words = Objects.requireNonNull(words);
    }

    /** Returns the message's number. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the device's previous message in a sum, 0 for the first. */
    public long previous() {
        return previous;
    }

    /** Returns the message's salted digest. */
    public long digest() {
        return digest;
    }

    /** Returns the masked words, not copied. */
    public int[] words() {
        return words;
    }
}
