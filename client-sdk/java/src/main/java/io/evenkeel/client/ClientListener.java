package io.evenkeel.client;

import java.time.Duration;

/**
 * Hears what a device does, on the thread that trains. What it throws is logged and goes no further.
 */
public interface ClientListener {

    /** How a model came to the device. */
    enum ModelKind {
        /** All values. */
        DENSE,
        /** All values and the coordinator's sum, for updates to start from. */
        REPLICA,
        /** What changed since the model before. */
        UPDATE
    }

    /** The device enrolled and has credentials. */
    default void enrolled(String client) {}

    /** The device is a member of the run; its messages so far are {@code sequence}. */
    default void joined(RunPlan plan, long sequence) {}

    /**
     * The device has nothing to do. Called when the reason changes, not for every request.
     *
     * @param reason what it waits for, such as {@code joined; 1 of 2 members; waiting for the run to start}
     */
    default void waiting(String reason) {}

    /** The device took over the coordinator's state, since its own was lost or differed. */
    default void recovered(long sequence) {}

    /** There is work for the device. */
    default void roundStarted(int round) {}

    /** The model arrived in a body of so many bytes. */
    default void modelFetched(int round, ModelKind kind, long bytes) {}

    /** A message was saved and will be sent until the coordinator answers. */
    default void messageStaged(int round, long sequence, int bytes) {}

    /** A message is part of the sum. */
    default void messageAccepted(Receipt receipt) {}

    /** A message was refused and dropped; the device goes on with its state as before. */
    default void messageRefused(int round, Problem problem) {}

    /** A request failed and is tried again after the delay. */
    default void retrying(String request, String cause, Duration delay) {}

    /** The training ended. */
    default void finished(RunOutcome outcome) {}
}
