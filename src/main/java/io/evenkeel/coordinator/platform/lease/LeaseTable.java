package io.evenkeel.coordinator.platform.lease;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * Stores leases together with the state that they protect. A lease must be in the same row as this state, so
 * that one lock covers both. Therefore the feature that owns the row implements this interface. Works in the
 * caller's transaction. Uses the database's clock.
 */
public interface LeaseTable {

    /**
     * Takes a lease if the lease is free or has expired, or if the database belongs to one process.
     *
     * @return the lease's new epoch; empty if another coordinator holds the lease, or if there is no work
     *     that needs it
     */
    OptionalLong take(long id, String holder, Duration duration);

    /** Renews a lease; returns false if another coordinator holds it. */
    boolean renew(long id, String holder, Duration duration);

    /** Releases a lease, unless another coordinator holds it. */
    void release(long id, String holder);

    /** Returns the leases that have a holder and have not expired, ordered by run. */
    List<HeldLease> held(int limit);

    /** Returns the number of free leases whose work has been overdue for at least the given duration. */
    int overdue(Duration duration);
}
