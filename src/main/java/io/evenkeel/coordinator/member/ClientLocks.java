package io.evenkeel.coordinator.member;

/** Locks clients and returns whether they are revoked; implemented by the package {@code fleet}. */
public interface ClientLocks {

    /**
     * Locks a client until the transaction ends, to order this transaction and a revocation.
     *
     * @return whether the client is revoked
     */
    boolean lockAndIsRevoked(String client);
}
