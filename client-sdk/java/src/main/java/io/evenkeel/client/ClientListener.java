package io.evenkeel.client;

import java.time.Duration;

/**
 * Receives a device's events on the training thread, and those of a followed model on the thread that
 * refreshes it. Exceptions that a listener throws are logged and do not stop the training.
 */
public interface ClientListener {

    /** The form in which a model was downloaded. */
    enum ModelKind {
        /** All values. */
        DENSE,
        /** All values and the coordinator's sum, from which updates start. */
        REPLICA,
        /** The changes since the previous model. */
        UPDATE
    }

    /** The device enrolled and has credentials. */
    default void enrolled(String client) {}

    /** The device is a member of the run; {@code sequence} of its messages have been accepted so far. */
    default void joined(RunPlan plan, long sequence) {}

    /**
     * The device waits for work. Called when the reason changes, not for each request.
     *
     * @param reason the reason, such as {@code joined; 1 of 2 members; waiting for the run to start}
     */
    default void waiting(String reason) {}

    /** The device replaced its state with the coordinator's, because its own was lost or differed. */
    default void recovered(long sequence) {}

    /**
     * Messages that the coordinator had acknowledged are lost, because its database was restored to an earlier state.
     * The device adopts the coordinator's state next.
     *
     * @param messages the number of lost messages
     * @param firstRound the earliest round that they may belong to
     * @param lastRound the round of the newest one
     */
    default void messagesLost(long messages, int firstRound, int lastRound) {}

    /** A round in which this device takes part has started. */
    default void roundStarted(int round) {}

    /** The model was downloaded in a body of {@code bytes} bytes. */
    default void modelFetched(int round, ModelKind kind, long bytes) {}

    /** A piece of a large model was downloaded: {@code fetched} of its {@code bytes} bytes have arrived. */
    default void modelPieceFetched(int round, long fetched, long bytes) {}

    /** A message was saved; it is sent repeatedly until the coordinator answers. */
    default void messageStaged(int round, long sequence, int bytes) {}

    /**
     * A part of a large message was sent: {@code arrived} of its {@code bytes} bytes have arrived at the coordinator.
     */
    default void messagePartArrived(int round, long arrived, long bytes) {}

    /**
     * A message of a private run is about to be saved and sent.
     *
     * @param messages the number of messages that the device has sent in the run, including this one, accepted or not
     * @param epsilon their total cost
     * @param delta the probability for which epsilon is stated
     */
    default void privacySpent(long messages, double epsilon, double delta) {}

    /** The coordinator accepted a message into its sum. */
    default void messageAccepted(Receipt receipt) {}

    /** The coordinator refused a message. The device dropped it and continues with its state unchanged. */
    default void messageRefused(int round, Problem problem) {}

    /**
     * The device is in a cohort of secure aggregation, whose keys, size and threshold it has checked.
     *
     * @param attempt the number of the attempt to aggregate the round, from 0
     * @param members the number of devices in the cohort, including this one
     */
    default void cohortFormed(int round, int attempt, int members) {}

    /**
     * The device's message is not in the round's sum: it was too late for the cohort, or there is no sum. The
     * device dropped it and continues with its state unchanged.
     */
    default void messageNotIncluded(int round) {}

    /**
     * In a run with secure aggregation, the encrypted copy of the device's state could not be uploaded, or could not be
     * used after the state was lost. The training continues.
     *
     * @param reason the failure
     */
    default void backupFailed(String reason) {}

    /** A request failed and is retried after the delay. */
    default void retrying(String request, String cause, Duration delay) {}

    /** A new version of a model that the device follows was downloaded, verified and stored. */
    default void modelInstalled(String model, int version) {}

    /** A version of a roll-out does not work on this device. The device reports this and keeps the previous version. */
    default void modelFailed(String model, int version, String reason) {}

    /** The training ended. */
    default void finished(RunOutcome outcome) {}
}
