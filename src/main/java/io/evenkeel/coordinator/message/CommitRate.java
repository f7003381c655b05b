package io.evenkeel.coordinator.message;

import java.time.Duration;

/**
 * Estimates how fast messages are written, and how long a new one would wait. One thread records, any thread may read.
 *
 * <p>It counts batches, not messages: a small batch takes mostly the time of its disk sync, and the first one that of the JVM's
 * warm-up. A fleet that answers at once must not be sent away because the message before it had a batch of its own.
 */
final class CommitRate {

    private static final double SMOOTHING = 0.1;

    private final int batch;
    private volatile double nanosPerBatch;

    /** @param batch the most messages in one */
    CommitRate(int batch) {
        this.batch = batch;
    }

    /** Notes how long a batch took, however many messages were in it. */
    void note(long nanos) {
        double known = nanosPerBatch;
        nanosPerBatch = known == 0 ? nanos : known + SMOOTHING * (nanos - known);
    }

    /** Returns how long a message waits behind a number of others. */
    Duration waitBehind(int messages) {
        int batches = (messages + batch - 1) / batch;
        return Duration.ofNanos((long) (batches * nanosPerBatch));
    }
}
