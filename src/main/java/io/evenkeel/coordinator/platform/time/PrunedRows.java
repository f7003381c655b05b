package io.evenkeel.coordinator.platform.time;

import java.time.Instant;

/** Rows of the database that are kept for some time only. Thread-safe; several replicas may prune them at once. */
public interface PrunedRows {

    /** Names the rows in the log, such as {@code events}. */
    String name();

    /**
     * Deletes some of the rows that are too old, in a transaction of its own.
     *
     * @param now the time to which their age is counted
     * @return whether there may be more
     */
    boolean prune(Instant now);
}
