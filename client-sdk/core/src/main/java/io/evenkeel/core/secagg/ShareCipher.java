package io.evenkeel.core.secagg;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts shares between two members: AES-256-GCM. A key encrypts one text in each direction, so the nonce
 * is the direction.
 */
final class ShareCipher {

    static final int TAG_BYTES = 16;

    private static final int NONCE_BYTES = 12;

    private ShareCipher() {}

    /** Encrypts shares for another member. */
    static EncryptedShares encrypt(byte[] key, int from, int to, byte[] plain) {
        try {
            return new EncryptedShares(
                    from, to, cipher(Cipher.ENCRYPT_MODE, key, from, to).doFinal(plain));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every platform has AES in Galois counter mode", e);
        }
    }

    /** Decrypts shares; returns empty if the bytes are not authentic. */
    static Optional<byte[]> decrypt(byte[] key, EncryptedShares shares) {
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, key, shares.from(), shares.to()).doFinal(shares.bytes()));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every platform has AES in Galois counter mode", e);
        }
    }

    private static Cipher cipher(int mode, byte[] key, int from, int to) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(from).putInt(to).array();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
        return cipher;
    }
}
