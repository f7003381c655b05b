package io.evenkeel.client.internal.device;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.Problem;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.RunPlan;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Logs a device's events and forwards them to other listeners. Exceptions that a listener throws do not stop
 * the training.
 */
public final class LoggingListener implements ClientListener {

    /** Available on Android, unlike {@code System.Logger}. */
    private static final Logger LOG = Logger.getLogger("io.evenkeel.client");

    private final List<ClientListener> listeners;

    public LoggingListener(List<ClientListener> listeners) {
        this.listeners = listeners;
    }

    private void publish(Level level, Consumer<ClientListener> event, String message, Object... values) {
        LOG.log(level, message, values);
        for (ClientListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "the listener failed; the training continues", e);
            }
        }
    }

    public void warn(String message) {
        LOG.warning(message);
    }

    @Override
    public void enrolled(String client) {
        publish(Level.INFO, to -> to.enrolled(client), "enrolled as client {0}", client);
    }

    @Override
    public void joined(RunPlan plan, long sequence) {
        publish(
                Level.INFO,
                to -> to.joined(plan, sequence),
                "joined run {0}: {1} values, {2}, {3}; {4} messages accepted so far",
                plan.run(),
                plan.dimension(),
                plan.algorithm(),
                plan.compressor(),
                sequence);
    }

    @Override
    public void waiting(String reason) {
        publish(Level.INFO, to -> to.waiting(reason), "{0}", reason);
    }

    @Override
    public void recovered(long sequence) {
        publish(
                Level.WARNING,
                to -> to.recovered(sequence),
                "adopted the coordinator''s state of this device after {0} messages",
                sequence);
    }

    @Override
    public void messagesLost(long messages, int firstRound, int lastRound) {
        publish(
                Level.WARNING,
                to -> to.messagesLost(messages, firstRound, lastRound),
                "the coordinator''s database was restored to an earlier state: it has lost {0} messages from this"
                        + " device, for rounds {1} to {2}, that it had acknowledged",
                messages,
                firstRound,
                lastRound);
    }

    @Override
    public void roundStarted(int round) {
        publish(Level.FINE, to -> to.roundStarted(round), "round {0} selects this device", round);
    }

    @Override
    public void modelFetched(int round, ModelKind kind, long bytes) {
        publish(
                Level.FINE,
                to -> to.modelFetched(round, kind, bytes),
                "model of round {0} downloaded as {1}, {2} bytes",
                round,
                kind,
                bytes);
    }

    @Override
    public void modelPieceFetched(int round, long fetched, long bytes) {
        publish(
                Level.FINE,
                to -> to.modelPieceFetched(round, fetched, bytes),
                "{1} of {2} bytes of the model of round {0} have arrived",
                round,
                fetched,
                bytes);
    }

    @Override
    public void messagePartArrived(int round, long arrived, long bytes) {
        publish(
                Level.FINE,
                to -> to.messagePartArrived(round, arrived, bytes),
                "{1} of {2} bytes of the message of round {0} have arrived",
                round,
                arrived,
                bytes);
    }

    @Override
    public void modelInstalled(String model, int version) {
        publish(
                Level.INFO,
                to -> to.modelInstalled(model, version),
                "version {1} of model {0} is installed",
                model,
                version);
    }

    @Override
    public void modelFailed(String model, int version, String reason) {
        publish(
                Level.WARNING,
                to -> to.modelFailed(model, version, reason),
                "version {1} of model {0} does not work on this device: {2}",
                model,
                version,
                reason);
    }

    @Override
    public void messageStaged(int round, long sequence, int bytes) {
        publish(
                Level.FINE,
                to -> to.messageStaged(round, sequence, bytes),
                "message {0} for round {1} is staged, {2} bytes",
                sequence,
                round,
                bytes);
    }

    @Override
    public void privacySpent(long messages, double epsilon, double delta) {
        publish(
                Level.FINE,
                to -> to.privacySpent(messages, epsilon, delta),
                "{0} messages have cost epsilon {1} with delta {2}",
                messages,
                epsilon,
                delta);
    }

    @Override
    public void messageAccepted(Receipt receipt) {
        publish(
                Level.FINE,
                to -> to.messageAccepted(receipt),
                "message {0} was accepted into round {1}",
                receipt.sequence(),
                receipt.includedIn());
    }

    @Override
    public void messageRefused(int round, Problem problem) {
        publish(
                Level.INFO,
                to -> to.messageRefused(round, problem),
                "the message for round {0} was refused: {1}",
                round,
                problem);
    }

    @Override
    public void cohortFormed(int round, int attempt, int members) {
        publish(
                Level.FINE,
                to -> to.cohortFormed(round, attempt, members),
                "in a cohort of {2} devices in round {0}, attempt {1}",
                round,
                attempt,
                members);
    }

    @Override
    public void messageNotIncluded(int round) {
        publish(Level.INFO, to -> to.messageNotIncluded(round), "the message of round {0} is not in the sum", round);
    }

    @Override
    public void backupFailed(String reason) {
        publish(Level.WARNING, to -> to.backupFailed(reason), "{0}", reason);
    }

    @Override
    public void retrying(String request, String cause, Duration delay) {
        publish(
                Level.INFO,
                to -> to.retrying(request, cause, delay),
                "{0} failed ({1}); trying again in {2} ms",
                request,
                cause,
                delay.toMillis());
    }

    @Override
    public void finished(RunOutcome outcome) {
        publish(Level.INFO, to -> to.finished(outcome), "training ended: {0}", outcome);
    }
}
