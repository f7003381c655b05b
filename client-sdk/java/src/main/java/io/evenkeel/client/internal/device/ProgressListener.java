package io.evenkeel.client.internal.device;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.Problem;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.RunPlan;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Writes a human-readable line for each event of a training. */
public final class ProgressListener implements ClientListener {

    private final Consumer<String> line;
    private int rounds;

    public ProgressListener(Consumer<String> line) {
        this.line = line;
    }

    private void write(int round, String what) {
        line.accept("round " + round + " of " + rounds + ": " + what);
    }

    @Override
    public void enrolled(String client) {
        line.accept("enrolled as client " + client);
    }

    @Override
    public void joined(RunPlan plan, long sequence) {
        rounds = plan.rounds();
        line.accept("joined run " + plan.run() + ": " + plan.rounds() + " rounds of " + plan.dimension()
                + " values; messages accepted before: " + sequence);
    }

    @Override
    public void waiting(String reason) {
        line.accept(reason);
    }

    @Override
    public void recovered(long sequence) {
        line.accept("adopted the coordinator's state of this device after " + sequence + " messages");
    }

    @Override
    public void roundStarted(int round) {
        write(round, "computing");
    }

    @Override
    public void modelPieceFetched(int round, long fetched, long bytes) {
        write(round, (fetched >> 20) + " of " + (bytes >> 20) + " MiB of the model");
    }

    @Override
    public void messagePartArrived(int round, long arrived, long bytes) {
        write(round, (arrived >> 20) + " of " + (bytes >> 20) + " MiB of the message sent");
    }

    @Override
    public void messageAccepted(Receipt receipt) {
        write(receipt.round(), "message accepted");
    }

    @Override
    public void messageRefused(int round, Problem problem) {
        write(round, "message dropped: " + problem.title());
    }

    @Override
    public void retrying(String request, String cause, Duration delay) {
        line.accept(request + " failed: " + cause + "; trying again in " + Math.max(1, delay.toMillis() / 1000) + " s");
    }

    @Override
    public void finished(RunOutcome outcome) {
        line.accept(outcome.end().name().toLowerCase(Locale.ROOT) + " at round " + outcome.round()
                + "; messages accepted: " + outcome.accepted() + ", dropped: " + outcome.refused());
    }
}
