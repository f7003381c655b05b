package io.evenkeel.coordinator.member;

/** Returns whether a client was revoked, and locks it; implemented by the package {@code fleet}. */
public interface ClientLocks {

    /**
     * Locks a client until the transaction ends, so that a revocation either is seen here or sees what this transaction does.
     *
     * @return whether the client is revoked
     */
    boolean lockAndIsRevoked(String client);
}
