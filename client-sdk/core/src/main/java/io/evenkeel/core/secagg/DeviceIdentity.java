package io.evenkeel.core.secagg;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A device's Ed25519 key pair and the owner's certificate for it. The device signs the keys of each aggregation with
 * it, so that the coordinator cannot replace them with its own. Immutable.
 */
public final class DeviceIdentity {

    private static final String WHAT = "the identity file";

    private final byte[] privateKey;
    private final byte[] publicKey;
    private final byte[] owner;
    private final byte[] certificate;

    DeviceIdentity(byte[] privateKey, byte[] publicKey, byte[] owner, byte[] certificate) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
        this.owner = owner;
        this.certificate = certificate;
    }

    /**
     * Reads an identity file: lines {@code private}, {@code public}, {@code owner} and {@code certificate}
     * with base64 values.
     *
     * @throws IllegalArgumentException if it is malformed, its keys do not belong together, or the certificate is not
     *     the owner's; the message contains no key
     * @throws IllegalStateException if the platform has no Ed25519
     */
    public static DeviceIdentity parse(String text) {
        Map<String, Integer> lengths = new LinkedHashMap<>();
        lengths.put("private", Ed25519.KEY_BYTES);
        lengths.put("public", Ed25519.KEY_BYTES);
        lengths.put("owner", Ed25519.KEY_BYTES);
        lengths.put("certificate", Ed25519.SIGNATURE_BYTES);
        Map<String, byte[]> values = KeyFile.parse(WHAT, text, lengths);
        DeviceIdentity identity = new DeviceIdentity(
                value(values, "private"),
                value(values, "public"),
                value(values, "owner"),
                value(values, "certificate"));
        requirePair(WHAT, identity.privateKey, identity.publicKey);
        if (!OwnerKey.isCertified(identity.owner, identity.publicKey, identity.certificate)) {
            throw new IllegalArgumentException("the certificate in " + WHAT
                    + " is not the owner's for this device: let the owner issue the identity again");
        }
        return identity;
    }

    static byte[] value(Map<String, byte[]> values, String name) {
        return Objects.requireNonNull(values.get(name));
    }

    static void requirePair(String what, byte[] privateKey, byte[] publicKey) {
        byte[] probe = Crypto.sha256(publicKey);
        if (!Ed25519.verify(publicKey, probe, Ed25519.sign(privateKey, probe))) {
            throw new IllegalArgumentException(
                    "the private and the public key in " + what + " do not belong together: use the unchanged file");
        }
    }

    /** Returns the identity file, which is secret. */
    public String text() {
        Map<String, byte[]> values = new LinkedHashMap<>();
        values.put("private", privateKey);
        values.put("public", publicKey);
        values.put("owner", owner);
        values.put("certificate", certificate);
        return KeyFile.text("Evenkeel device identity. For one device only; keep it secret.", values);
    }

    /** Returns the public key, 32 bytes. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** Returns the public key of the owner that vouches for the device, 32 bytes. */
    public byte[] owner() {
        return owner.clone();
    }

    /** Returns the owner's signature on the public key, 64 bytes. */
    public byte[] certificate() {
        return certificate.clone();
    }

    /** Signs the device's advertisement in an aggregation. */
    public SignedAdvertisement sign(Advertisement advertisement, CohortContext context) {
        byte[] signature = Ed25519.sign(privateKey, advertisement.signed(context));
        return new SignedAdvertisement(advertisement, publicKey, certificate, owner, context.basis(), signature);
    }

    @Override
    public String toString() {
        return "identity " + Arrays.toString(publicKey);
    }
}
