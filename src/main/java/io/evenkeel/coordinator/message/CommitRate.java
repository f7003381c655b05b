package io.evenkeel.coordinator.message;

import java.time.Duration;

/**
 * Estimates how fast messages are written, and how long a new one would wait. Only one thread may record
 * batches; any thread may read the estimates.
 *
 * <p>Measures batches rather than messages, because a small batch spends most of its time waiting for the
 * disk sync, and the first batch waiting for the JVM to warm up. With a rate per message, a fleet that
 * answers all at once could be refused because the previous batch had a single message.
 */
final class CommitRate {

    private static final double SMOOTHING = 0.1;

    private final int batch;
    private volatile double nanosPerBatch;

    /** @param batch the maximum number of messages in a batch */
    CommitRate(int batch) {
        this.batch = batch;
    }

    /** Records how long a batch took, whatever its number of messages. */
    void note(long nanos) {
        double known = nanosPerBatch;
        nanosPerBatch = known == 0 ? nanos : known + SMOOTHING * (nanos - known);
    }

    /** Returns how long a message waits behind a number of other messages. */
    Duration waitBehind(int messages) {
        int batches = (messages + batch - 1) / batch;
        return Duration.ofNanos((long) (batches * nanosPerBatch));
    }
}
