package io.evenkeel.core.secagg;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The key pair of an owner, who provisions devices and certifies that each identity is one device. The owner must not
 * be the coordinator's operator, who could otherwise fill cohorts with invented devices. Immutable.
 */
public final class OwnerKey {

    private static final String WHAT = "the owner file";
    private static final byte[] CERTIFICATE_LABEL = "evenkeel device identity 1\0".getBytes(StandardCharsets.US_ASCII);

    private final byte[] privateKey;
    private final byte[] publicKey;

    private OwnerKey(byte[] privateKey, byte[] publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /**
     * Generates a new key pair.
     *
     * @throws IllegalStateException if the platform has no Ed25519
     */
    public static OwnerKey generate() {
        byte[][] pair = Ed25519.generate();
        return new OwnerKey(pair[0], pair[1]);
    }

    /**
     * Reads an owner file.
     *
     * @throws IllegalArgumentException if it is malformed, or its keys do not belong together; the
     *     message contains no key
     */
    public static OwnerKey parse(String text) {
        Map<String, Integer> lengths = new LinkedHashMap<>();
        lengths.put("private", Ed25519.KEY_BYTES);
        lengths.put("public", Ed25519.KEY_BYTES);
        Map<String, byte[]> values = KeyFile.parse(WHAT, text, lengths);
        byte[] privateKey = DeviceIdentity.value(values, "private");
        byte[] publicKey = DeviceIdentity.value(values, "public");
        DeviceIdentity.requirePair(WHAT, privateKey, publicKey);
        return new OwnerKey(privateKey, publicKey);
    }

    /** Returns the owner file, which is secret. */
    public String text() {
        Map<String, byte[]> values = new LinkedHashMap<>();
        values.put("private", privateKey);
        values.put("public", publicKey);
        return KeyFile.text("Evenkeel owner key. Keep it secret; runs name the public key.", values);
    }

    /** Returns the public key that run definitions contain, 32 bytes. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** Generates the identity of a new device and certifies it. */
    public DeviceIdentity issue() {
        byte[][] pair = Ed25519.generate();
        return new DeviceIdentity(pair[0], pair[1], publicKey, certify(pair[1]));
    }

    /**
     * Returns the certificate of a device's public identity key, 64 bytes: for devices that generate their key
     * themselves.
     */
    public byte[] certify(byte[] identity) {
        return Ed25519.sign(privateKey, certified(identity));
    }

    static boolean isCertified(byte[] owner, byte[] identity, byte[] certificate) {
        return Ed25519.verify(owner, certified(identity), certificate);
    }

    private static byte[] certified(byte[] identity) {
        return Crypto.join(CERTIFICATE_LABEL, identity);
    }

    @Override
    public String toString() {
        return "owner " + Arrays.toString(publicKey);
    }
}
