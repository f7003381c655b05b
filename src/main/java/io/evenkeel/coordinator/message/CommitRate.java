package io.evenkeel.coordinator.message;

import java.time.Duration;

/**
 * How fast messages are written, and so how long one would wait. One thread notes, any may ask.
 *
 * <p>It goes by batches, not by messages: most of what a small batch takes is its sync of the disk, and the first one the JVM's
 * warming up. A fleet that answers at once must not be sent away because the message before it had a batch to itself.
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

    /** Returns how long a message waits behind so many others. */
    Duration waitBehind(int messages) {
        int batches = (messages + batch - 1) / batch;
        return Duration.ofNanos((long) (batches * nanosPerBatch));
    }
}
