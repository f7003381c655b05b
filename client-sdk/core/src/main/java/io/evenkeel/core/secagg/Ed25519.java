package io.evenkeel.core.secagg;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** The platform's Ed25519 (RFC 8032) over raw bytes. Thread-safe. */
final class Ed25519 {

    /** The length in bytes of a private or a public key. */
    static final int KEY_BYTES = 32;

    /** The length of a signature in bytes. */
    static final int SIGNATURE_BYTES = 64;

    private static final String NAME = "Ed25519";

    // The RFC 8410 encoding up to the raw key. Android has no classes for raw keys.
    private static final byte[] PUBLIC_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };
    private static final byte[] PRIVATE_PREFIX = {
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
    };

    private Ed25519() {}

    /** Generates a private key and its public key. */
    static byte[][] generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(NAME).generateKeyPair();
            byte[] encodedPrivate = pair.getPrivate().getEncoded();
            byte[] encodedPublic = pair.getPublic().getEncoded();
            // Some providers append the public key to the private one, so the private key is read from the
            // front.
            int start = PRIVATE_PREFIX.length;
            return new byte[][] {
                Arrays.copyOfRange(encodedPrivate, start, start + KEY_BYTES),
                Arrays.copyOfRange(encodedPublic, PUBLIC_PREFIX.length, PUBLIC_PREFIX.length + KEY_BYTES)
            };
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        }
    }

    /** Returns the signature of some bytes. */
    static byte[] sign(byte[] privateKey, byte[] bytes) {
        try {
            PrivateKey key = KeyFactory.getInstance(NAME)
                    .generatePrivate(new PKCS8EncodedKeySpec(Crypto.join(PRIVATE_PREFIX, privateKey)));
            Signature signature = Signature.getInstance(NAME);
            signature.initSign(key);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw missing(e);
        }
    }

    /** Returns whether a signature of these bytes is valid for the key; false if the key is malformed. */
    static boolean verify(byte[] publicKey, byte[] bytes, byte[] signature) {
        Signature verifier;
        KeyFactory keys;
        try {
            verifier = Signature.getInstance(NAME);
            keys = KeyFactory.getInstance(NAME);
        } catch (NoSuchAlgorithmException e) {
            throw missing(e);
        }
        try {
            PublicKey key = keys.generatePublic(new X509EncodedKeySpec(Crypto.join(PUBLIC_PREFIX, publicKey)));
            verifier.initVerify(key);
            verifier.update(bytes);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static IllegalStateException missing(GeneralSecurityException cause) {
        return new IllegalStateException(
                "this platform has no Ed25519, which secure aggregation signs keys with: use Java 15 or later, or on"
                        + " Android install a security provider that has it, such as Bouncy Castle",
                cause);
    }
}
