package io.evenkeel.core.secagg;

import java.util.Arrays;
import java.util.List;

/**
 * An advertisement signed with the device's identity, and the owner's certificate of that identity. It includes the
 * digest of the model and the plan, so that a device with a different digest can report why the signature does not
 * match. Immutable; the arrays are copies.
 */
public final class SignedAdvertisement {

    /** The length in bytes of an identity's or an owner's public key. */
    public static final int KEY_BYTES = Ed25519.KEY_BYTES;

    /** The length in bytes of a certificate or a signature. */
    public static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_BYTES;

    private final Advertisement advertisement;
    private final byte[] identity;
    private final byte[] certificate;
    private final byte[] owner;
    private final CohortBasis basis;
    private final byte[] signature;

    /**
     * @param identity the device's public key, 32 bytes
     * @param certificate the owner's signature on it, 64 bytes
     * @param owner the owner's public key, 32 bytes
     * @param basis the digest of the model and the plan in the signed context
     * @param signature the identity's signature on {@link Advertisement#signed}, 64 bytes
     */
    public SignedAdvertisement(
            Advertisement advertisement,
            byte[] identity,
            byte[] certificate,
            byte[] owner,
            CohortBasis basis,
            byte[] signature) {
        if (identity.length != KEY_BYTES
                || owner.length != KEY_BYTES
                || certificate.length != SIGNATURE_BYTES
                || signature.length != SIGNATURE_BYTES) {
            throw new IllegalArgumentException("identity, owner, certificate and signature have " + identity.length
                    + ", "
                    + owner.length + ", " + certificate.length + " and " + signature.length + " bytes, expected "
                    + KEY_BYTES + ", " + KEY_BYTES + ", " + SIGNATURE_BYTES + " and " + SIGNATURE_BYTES);
        }
        this.advertisement = advertisement;
        this.identity = identity.clone();
        this.certificate = certificate.clone();
        this.owner = owner.clone();
        this.basis = basis;
        this.signature = signature.clone();
    }

    /**
     * Checks that the device of an accepted owner has signed this for an aggregation.
     *
     * @param owners the public keys of the accepted owners
     * @throws SecAggException if the owner is not accepted, the certificate or the signature is wrong, or the device
     *     has another model or plan; the message names the field
     */
    public void verify(CohortContext context, List<byte[]> owners) throws SecAggException {
        String who = " of member " + advertisement.member();
        if (owners.stream().noneMatch(accepted -> Arrays.equals(accepted, owner))) {
            throw new SecAggException(
                    "the owner" + who + " is not accepted, expected " + (owners.size() == 1 ? "" : "one of ")
                            + owners.size() + " known " + (owners.size() == 1 ? "owner" : "owners"));
        }
        if (!isCertified()) {
            throw new SecAggException("the certificate" + who + " is not its owner's for this identity");
        }
        if (!basis.equals(context.basis())) {
            throw new SecAggException("the keys" + who + " are for another model or plan, with digest " + basis
                    + ", expected " + context.basis()
                    + ": with different ones a sum could be the message of one device");
        }
        if (!Ed25519.verify(identity, advertisement.signed(context), signature)) {
            throw new SecAggException("the signature" + who + " is not its identity's for these keys in run '"
                    + context.run() + "', round " + context.round() + ", attempt " + context.attempt());
        }
    }

    /** Returns whether the owner has signed the identity. */
    public boolean isCertified() {
        return OwnerKey.isCertified(owner, identity, certificate);
    }

    /** Returns the signed bytes. */
    public Advertisement advertisement() {
        return advertisement;
    }

    /** Returns the member's ordinal. */
    public int member() {
        return advertisement.member();
    }

    /** Returns the device's public key. */
    public byte[] identity() {
        return identity.clone();
    }

    /** Returns the owner's signature on the identity. */
    public byte[] certificate() {
        return certificate.clone();
    }

    /** Returns the owner's public key. */
    public byte[] owner() {
        return owner.clone();
    }

    /** Returns the digest of the model and the plan that the device has computed its message from. */
    public CohortBasis basis() {
        return basis;
    }

    /** Returns the identity's signature. */
    public byte[] signature() {
        return signature.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SignedAdvertisement that
                && advertisement.equals(that.advertisement)
                && Arrays.equals(identity, that.identity)
                && Arrays.equals(certificate, that.certificate)
                && Arrays.equals(owner, that.owner)
                && basis.equals(that.basis)
                && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
        return 31 * advertisement.hashCode() + Arrays.hashCode(signature);
    }
}
