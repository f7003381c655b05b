package io.evenkeel.coordinator.platform.time;

import java.time.Instant;

/**
 * Deletes rows that the database keeps only for a limited time. Thread-safe; several replicas may prune them
 * at once.
 */
public interface PrunedRows {

    /** Returns the name of the rows for the log, such as {@code events}. */
    String name();

    /**
     * Deletes some of the rows that are too old, in a separate transaction.
     *
     * @param now the time from which their age is computed
     * @return whether there may be more
     */
    boolean prune(Instant now);
}
