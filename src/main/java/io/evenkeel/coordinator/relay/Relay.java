package io.evenkeel.coordinator.relay;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.Model;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.Receipt;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.RunPlan;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.round.UpstreamRounds;
import io.evenkeel.engine.problem.ProblemException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Takes part in the upstream run as a device whose gradient is the mean of the vectors of the members here, and whose
 * weight is their total weight. The SDK stores its messages and sends each exactly once, even after crashes;
 * {@link FollowingRun} reproduces the same mean.
 *
 * <p>Runs on its own thread, which is never interrupted: H2 closes its file if a thread is interrupted during a write.
 */
@Component
class Relay implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(15);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final RelaySettings settings;
    private final Path folder;
    private final FollowingRun run;
    private final RelayLink link;
    private final RelayReport report;
    private volatile CountDownLatch stopping = new CountDownLatch(0);
    private volatile @Nullable EvenkeelClient client;
    private @Nullable Thread thread;
    private @Nullable RunPlan above;
    private double weight;
    private double nextWeight;

    Relay(
            RelaySettings settings,
            @Value("${evenkeel.data:./data}") Path data,
            FollowingRun run,
            RelayLink link,
            RelayReport report,
            Dialect dialect) {
        this.settings = settings;
        this.folder = settings.folderIn(data);
        this.run = run;
        this.link = link;
        this.report = report;
        if (settings.upstream() != null) {
            requireUsable(dialect);
        }
    }

    private void requireUsable(Dialect dialect) {
        if (dialect.isShared()) {
            throw new InvalidConfigurationPropertyValueException(
                    "evenkeel.relay.upstream",
                    settings.upstream(),
                    "a relay needs a database that belongs to one coordinator: use H2, the default");
        }
        if (settings.enrolmentToken() == null && !Files.exists(folder.resolve("credentials"))) {
            throw new InvalidConfigurationPropertyValueException(
                    "evenkeel.relay.enrolment-token",
                    null,
                    "missing, and " + folder + " has no credentials of an earlier start: ask an operator of "
                            + settings.upstream() + " for a token ('evenkeel tokens create'), or set"
                            + " evenkeel.relay.folder to the folder of that start");
        }
    }

    @Override
    public boolean isAutoStartup() {
        return settings.upstream() != null;
    }

    @Override
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        stopping = new CountDownLatch(1);
        report.startFrom(folder);
        thread = new Thread(this::work, "relay");
        thread.start();
    }

    @Override
    public synchronized void stop() {
        stopping.countDown();
        EvenkeelClient current = client;
        if (current != null) {
            current.stop();
        }
        try {
            if (thread != null) {
                thread.join(STOP.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return stopping.getCount() > 0;
    }

    /** Starts after the scheduler that closes rounds, and stops before it. */
    @Override
    public int getPhase() {
        return 1;
    }

    private void work() {
        boolean goesOn = true;
        while (goesOn && isRunning()) {
            try {
                goesOn = takePart();
            } catch (RuntimeException e) {
                link.refused(e);
                goesOn = pause();
            } catch (InterruptedException e) {
                goesOn = false;
            }
        }
    }

    private boolean pause() {
        try {
            return !stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Takes part until the upstream run ends or the weight changes; returns whether to continue. */
    private boolean takePart() throws InterruptedException {
        weight = nextWeight > 0
                ? nextWeight
                : run.weight(Objects.requireNonNull(settings.run())).orElse(1);
        try (EvenkeelClient current = client()) {
            client = current;
            RunOutcome outcome = current.train(this::gradient);
            String name = outcome.run();
            switch (outcome.end()) {
                case FINISHED -> {
                    run.finish(name, current.model(outcome.round()).toDoubles());
                    LOG.info("The run above has finished, and so has run '{}' here", name);
                }
                case CANCELLED, FAILED -> run.cancel(name);
                case STOPPED, SESSION_ENDED -> {
                    return true;
                }
            }
            link.ended();
            return false;
        } catch (CoordinatorException e) {
            if (e.problem().type() == ProblemType.WRONG_STATE) {
                // The upstream run is over, and this relay was never a member.
                run.cancelUnstarted(Objects.requireNonNull(settings.run()));
            }
            throw e;
        } finally {
            client = null;
        }
    }

    private EvenkeelClient client() {
        URI upstream = Objects.requireNonNull(settings.upstream());
        var builder = EvenkeelClient.builder(upstream)
                .run(Objects.requireNonNull(settings.run()))
                .stateFolder(folder)
                .weight(weight)
                .doublePrecision(true)
                // The relay reports its number of devices between two polls, and the upstream run does not start while
                // a relay has none.
                .longPoll(settings.askEvery().compareTo(LONGEST_POLL) < 0 ? settings.askEvery() : LONGEST_POLL)
                .attributes(report)
                .transport(new MeteredTransport(link))
                .listener(new Listener());
        if (settings.enrolmentToken() != null) {
            builder.enrolmentToken(settings.enrolmentToken());
        }
        if (settings.name() != null) {
            builder.name(settings.name());
        }
        return builder.build();
    }

    private final class Listener implements ClientListener {

        @Override
        public void joined(RunPlan plan, long sequence) {
            above = plan;
            link.joined();
            try {
                // Creates the run now, so that devices can join before the upstream run starts.
                run.prepare(plan);
            } catch (ProblemException | FollowingRun.MismatchException e) {
                link.refused(e);
            }
        }

        @Override
        public void roundStarted(int round) {
            link.given(round);
        }

        @Override
        public void messageAccepted(Receipt receipt) {
            link.answered(receipt.round());
        }

        @Override
        public void retrying(String request, String cause, Duration delay) {
            link.failed(request + " failed: " + cause);
        }
    }

    /** Stops this training session without an answer. The next session gets the same round if it is still open. */
    private Gradient askAgain() {
        Objects.requireNonNull(client).stop();
        return Gradient.skip();
    }

    private Gradient gradient(Model model) throws InterruptedException {
        RunPlan plan = Objects.requireNonNull(above);
        if (model.round() >= plan.rounds()) {
            // Rounds were added to the upstream run after this relay joined. Joining again returns the new number.
            return askAgain();
        }
        run.prepare(plan);
        long end = System.nanoTime() + settings.askEvery().toNanos();
        UpstreamRounds.Sum sum = run.answer(plan, model, () -> isRunning() && System.nanoTime() < end);
        if (sum == null) {
            return askAgain();
        } else if (sum.weight() > 0 && sum.weight() != weight) {
            // Joins with the new weight before sending the mean, so that the upstream run applies that weight from this
            // round on.
            nextWeight = sum.weight();
            return askAgain();
        }
        return Gradient.of(sum.mean(), Math.max(1, sum.messages()), sum.loss().orElse(Double.NaN))
                .withMetrics(sum.metrics());
    }
}
