package io.evenkeel.coordinator.lifecycle;

import io.evenkeel.coordinator.platform.problem.ProblemException;

/** Checks that what is stored of a run fits its hash chain. Thread-safe. */
public interface HistoryGuard {

    /**
     * Checks a run before it goes on, and pauses it if something does not fit; the messages of old rounds are left to the check of the
     * background. Not for use inside a transaction.
     *
     * @throws ProblemException {@code storage-damaged} if it does not fit
     */
    void require(long run);
}
