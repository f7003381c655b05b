package io.evenkeel.core.secagg;

import static io.evenkeel.core.secagg.Crypto.KEY_BYTES;

import java.security.InvalidKeyException;
import java.util.Arrays;

/**
 * The public keys that a member sends in the first step. Immutable; the arrays are copies.
 *
 * <p>{@link DeviceIdentity#sign} signs {@link #signed} with a key that the device's peers trust. Without a signature, a
 * coordinator could replace the devices' keys with its own.
 */
public final class Advertisement {

    private final int member;
    private final byte[] maskKey;
    private final byte[] shareKey;
    private final byte[] commitment;

    /**
     * @param member the ordinal, at least 0
     * @param maskKey the public X25519 key for masks, 32 bytes
     * @param shareKey the public X25519 key for the encryption of shares, 32 bytes
     * @param commitment the SHA-256 of the seed of the member's own mask, 32 bytes
     */
    public Advertisement(int member, byte[] maskKey, byte[] shareKey, byte[] commitment) {
        if (member < 0
                || maskKey.length != KEY_BYTES
                || shareKey.length != KEY_BYTES
                || commitment.length != KEY_BYTES) {
            throw new IllegalArgumentException("member " + member + " with keys of " + maskKey.length + " and "
                    + shareKey.length + " bytes and a commitment of " + commitment.length
                    + " bytes, expected an ordinal of at least 0 and " + KEY_BYTES + " bytes each");
        }
        this.member = member;
        this.maskKey = maskKey.clone();
        this.shareKey = shareKey.clone();
        this.commitment = commitment.clone();
    }

    /** Returns the member's ordinal. */
    public int member() {
        return member;
    }

    /** Returns the public key for masks. */
    public byte[] maskKey() {
        return maskKey.clone();
    }

    /** Returns the public key for the encryption of shares. */
    public byte[] shareKey() {
        return shareKey.clone();
    }

    /** Returns the SHA-256 of the seed of the member's own mask. */
    public byte[] commitment() {
        return commitment.clone();
    }

    /** Returns whether both keys are X25519 keys that allow a key agreement. */
    public boolean hasSoundKeys() {
        // Any private key will do: a bad public key gives the same secret with every private key.
        byte[] some = commitment;
        try {
            Crypto.agree(some, maskKey);
            Crypto.agree(some, shareKey);
            return true;
        } catch (InvalidKeyException e) {
            return false;
        }
    }

    /** Returns the bytes that the device signs: all fields and the context. */
    public byte[] signed(CohortContext context) {
        byte[] ordinal = {(byte) (member >>> 24), (byte) (member >>> 16), (byte) (member >>> 8), (byte) member};
        return Crypto.sha256(context.bytes("advertisement"), ordinal, maskKey, shareKey, commitment);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Advertisement that
                && member == that.member
                && Arrays.equals(maskKey, that.maskKey)
                && Arrays.equals(shareKey, that.shareKey)
                && Arrays.equals(commitment, that.commitment);
    }

    @Override
    public int hashCode() {
        return 31 * member + Arrays.hashCode(maskKey);
    }
}
