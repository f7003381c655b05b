package io.evenkeel.coordinator.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores devices' hashed secrets; implemented by the package {@code fleet}. */
public interface DeviceRegistry {

    /** Reads a device's entry from the database; empty if the client never enrolled. */
    Optional<Entry> find(String client);

    /** Returns the client that last enrolled with a certificate of this name, even if it has been revoked. */
    Optional<String> clientWith(String certificate);

    /** Records that a device has just used its secret. */
    void seen(String client);

    /**
     * Replaces the secret with the next one after its first use; does nothing if the given one is no longer
     * the next secret.
     */
    void promote(String client, String nextHash);

    /**
     * A device's secrets and restrictions.
     *
     * @param hash the {@link Credential#hash} of the current secret
     * @param nextHash the hash of the next secret, which replaces the current one on its first use; null if there is none
     * @param run the only run in which the device may take part, null for any
     * @param certificate the name in the certificate that it must present, null for none
     * @param revoked whether the operator has revoked the client
     * @param seenLately whether the stored last-seen time is recent
     */
    record Entry(
            String hash,
            @Nullable String nextHash,
            @Nullable String run,
            @Nullable String certificate,
            boolean revoked,
            boolean seenLately) {

        boolean isOf(String token) {
            return Credential.matches(token, hash) || isNext(token);
        }

        boolean isNext(String token) {
            return nextHash != null && Credential.matches(token, nextHash);
        }

        Entry justSeen() {
            return new Entry(hash, nextHash, run, certificate, revoked, true);
        }
    }
}
