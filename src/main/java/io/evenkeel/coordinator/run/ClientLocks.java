package io.evenkeel.coordinator.run;

/** What a membership needs to know of the fleet: whether a client was revoked. */
public interface ClientLocks {

    /**
     * Locks a client until the transaction ends, so that a revocation either is seen here or sees what this transaction does.
     *
     * @return whether the client is revoked
     */
    boolean lockAndIsRevoked(String client);
}
