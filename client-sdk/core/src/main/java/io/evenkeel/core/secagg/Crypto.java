package io.evenkeel.core.secagg;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The platform's primitives over raw bytes: X25519 (RFC 7748), HKDF with SHA-256 (RFC 5869) and SHA-256.
 * Thread-safe.
 */
final class Crypto {

    /** The length in bytes of a key, a seed or a digest. */
    static final int KEY_BYTES = 32;

    // The RFC 8410 encoding up to the raw key. Android has no classes for raw keys.
    private static final byte[] PUBLIC_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x03, 0x21, 0x00
    };
    private static final byte[] PRIVATE_PREFIX = {
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20
    };
    private static final byte[] BASE_POINT = new byte[KEY_BYTES];

    static {
        BASE_POINT[0] = 9;
    }

    private Crypto() {}

    /** Derives the public key from a private key. */
    static byte[] publicKey(byte[] privateKey) {
        try {
            return agree(privateKey, BASE_POINT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("X25519 refuses its base point", e);
        }
    }

    /**
     * Returns the shared secret of two keys.
     *
     * @throws InvalidKeyException if the public key cannot belong to a device: the secret would be the same for every
     *     private key
     */
    static byte[] agree(byte[] privateKey, byte[] publicKey) throws InvalidKeyException {
        try {
            KeyFactory keys = KeyFactory.getInstance("XDH");
            PublicKey theirs = keys.generatePublic(new X509EncodedKeySpec(join(PUBLIC_PREFIX, publicKey)));
            KeyAgreement agreement = KeyAgreement.getInstance("XDH");
            agreement.init(keys.generatePrivate(new PKCS8EncodedKeySpec(join(PRIVATE_PREFIX, privateKey))));
            agreement.doPhase(theirs, true);
            return agreement.generateSecret();
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this platform has no X25519: Java 11 or Android 12 is needed", e);
        }
    }

    /** Derives a key of 32 bytes from a secret, for one purpose only. */
    static byte[] derive(byte[] secret, byte[] purpose) {
        byte[] extracted = hmac(new byte[KEY_BYTES], secret);
        return hmac(extracted, join(purpose, new byte[] {1}));
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every platform has HMAC with SHA-256", e);
        }
    }

    /** Returns the SHA-256 of the concatenated arrays. */
    static byte[] sha256(byte[]... parts) {
        MessageDigest digest = sha256();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    /** Returns a new SHA-256 hash, for bytes that arrive in pieces. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every platform has SHA-256", e);
        }
    }

    /** Concatenates two arrays. */
    static byte[] join(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
