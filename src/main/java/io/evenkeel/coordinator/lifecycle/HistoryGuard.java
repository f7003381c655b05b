package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.engine.problem.ProblemException;

/** Checks that the stored data of a run matches its hash chain. Thread-safe. */
public interface HistoryGuard {

    /**
     * Checks a run before it continues, and pauses it on a mismatch; the background check covers the messages of old
     * rounds. Not for use inside a transaction.
     *
     * @throws ProblemException {@code storage-damaged} if it does not match
     */
    void require(long run);
}
