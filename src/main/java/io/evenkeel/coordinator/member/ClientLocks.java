package io.evenkeel.coordinator.member;

/** Locks clients and returns whether they are revoked; implemented by the package {@code fleet}. */
public interface ClientLocks {

    /**
     * Locks a client until the transaction ends, so that this transaction and a revocation cannot overlap.
     *
     * @return whether the client is revoked
     */
    boolean lockAndIsRevoked(String client);
}
