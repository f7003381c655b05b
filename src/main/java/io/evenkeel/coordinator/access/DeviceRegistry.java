package io.evenkeel.coordinator.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where devices' hashed secrets are kept; the fleet provides it. */
public interface DeviceRegistry {

    /** Reads a device's entry from the database; empty if no such client ever enrolled. */
    Optional<Entry> find(String client);

    /** Returns the client that enrolled last with a certificate of this name, revoked or not. */
    Optional<String> clientWith(String certificate);

    /** Notes that a device has just shown its secret. */
    void seen(String client);

    /** Puts the next secret in the place of the one before, as it was used; does nothing if it is no longer the next. */
    void promote(String client, String nextHash);

    /**
     * What is known of a device's secret.
     *
     * @param hash its {@link Credential#hash}
     * @param nextHash that of the secret which takes over once it is used, null if there is none
     * @param run the one run the device may take part in, null if any
     * @param certificate the name in the certificate it must show, null if none
     * @param revoked whether the operator has revoked the client
     * @param seenLately whether it is known well enough when the device was last seen
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
