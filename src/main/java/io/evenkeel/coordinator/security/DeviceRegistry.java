package io.evenkeel.coordinator.security;

import java.util.Optional;

/** Where devices' hashed secrets are kept; the fleet provides it. */
public interface DeviceRegistry {

    /** Reads a device's entry from the database; empty if no such client ever enrolled. */
    Optional<Entry> find(String client);

    /** Notes that a device has just shown its secret. */
    void seen(String client);

    /**
     * What is known of a device's secret.
     *
     * @param hash its {@link Credential#hash}
     * @param revoked whether the operator has revoked the client
     * @param seenLately whether it is known well enough when the device was last seen
     */
    record Entry(String hash, boolean revoked, boolean seenLately) {}
}
