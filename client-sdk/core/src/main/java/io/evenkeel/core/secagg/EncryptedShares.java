package io.evenkeel.core.secagg;

import java.util.Arrays;

/**
 * A member's shares of its private mask key and of the seed of its own mask, encrypted for one neighbour.
 * Immutable; the array is a copy.
 */
public final class EncryptedShares {

    /** The length of the encrypted shares in bytes: two shares and a tag. */
    public static final int BYTES = 2 * Crypto.KEY_BYTES + ShareCipher.TAG_BYTES;

    private final int from;
    private final int to;
    private final byte[] bytes;

    /**
     * @param from the ordinal of the member whose secrets are shared
     * @param to the ordinal of the neighbour
     * @param bytes {@link #BYTES} bytes
     */
    public EncryptedShares(int from, int to, byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("encrypted shares have " + bytes.length + " bytes, expected " + BYTES);
        }
        this.from = from;
        this.to = to;
        this.bytes = bytes.clone();
    }

    /** Returns the ordinal of the member whose secrets are shared. */
    public int from() {
        return from;
    }

    /** Returns the ordinal of the neighbour that can decrypt the shares. */
    public int to() {
        return to;
    }

    /** Returns the encrypted bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncryptedShares that
                && from == that.from
                && to == that.to
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * from + to;
    }
}
