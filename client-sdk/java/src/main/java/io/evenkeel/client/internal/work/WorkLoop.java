package io.evenkeel.client.internal.work;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.DeadlineException;
import io.evenkeel.client.DeclineReason;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.WorkHandler;
import io.evenkeel.client.internal.device.AttributeReporter;
import io.evenkeel.client.internal.device.LoggingListener;
import io.evenkeel.client.internal.device.Session;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.StoppedException;
import io.evenkeel.client.internal.protocol.CheckIn;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.training.Training;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Checks in, takes part in one round of each run that the device gets, and repeats this when the coordinator asks for
 * it, until the client is stopped. Not thread-safe.
 */
public final class WorkLoop {

    /**
     * The maximum number of runs in a response: large enough for all runs, so that the runs of other
     * applications do not displace those of this one.
     */
    private static final int LIMIT = 100;

    private final Settings settings;
    private final Coordinator coordinator;
    private final Retries retries;
    private final StopFlag stop;
    private final LoggingListener listener;
    private final AttributeReporter attributes;
    private final WorkPauses pauses;
    private final WorkHandler handler;
    private final EvaluationWorker evaluations;

    /** The training of the last round, which keeps the model in memory for sparse updates. */
    private @Nullable Training last;

    private String lastRun = "";

    public WorkLoop(
            Settings settings,
            Coordinator coordinator,
            Retries retries,
            StopFlag stop,
            LoggingListener listener,
            AttributeReporter attributes,
            WorkHandler handler) {
        this.settings = settings;
        this.coordinator = coordinator;
        this.retries = retries;
        this.stop = stop;
        this.listener = listener;
        this.attributes = attributes;
        this.pauses = new WorkPauses(settings.random());
        this.handler = handler;
        this.evaluations = new EvaluationWorker(coordinator, listener, handler);
    }

    public void run() throws InterruptedException {
        try {
            while (true) {
                stop.check();
                settings.time().sleep(turn(), stop);
            }
        } catch (StoppedException stopped) {
            listener.waiting("stopped; no further check-in");
        }
    }

    /** Checks in and does the work; returns the pause until the next check-in. */
    private Duration turn() throws InterruptedException {
        try {
            CheckIn answer = checkIn();
            for (CheckIn.Item item : answer.work()) {
                if (item.evaluation() != null) {
                    evaluations.answer(item.evaluation());
                } else if (item.kind().equals("train")) {
                    train(item);
                }
            }
            return pauses.after(answer.pause());
        } catch (DeadlineException unreachable) {
            return pauses.afterFailure();
        }
    }

    /**
     * Makes a single attempt. If all devices of a fleet retried within seconds, they would overload the
     * coordinator after an outage.
     */
    private CheckIn checkIn() throws InterruptedException {
        retries.limitBy(deadline -> Duration.ofNanos(1));
        try {
            attributes.report();
            return coordinator.checkIn(settings.longPoll(), LIMIT);
        } finally {
            retries.limitBy(UnaryOperator.identity());
        }
    }

    private void train(CheckIn.Item item) throws InterruptedException {
        GradientFunction gradient = handler.gradient(item.run());
        if (gradient == null) {
            return;
        }
        DeclineReason reason = handler.declines();
        try {
            if (reason != null) {
                decline(item, reason);
            } else if (item.isMember()) {
                takePart(item.run(), gradient);
            } else {
                coordinator.join(item.run(), settings.weight());
            }
        } catch (CoordinatorException refusal) {
            if (refusal.problem().type() != ProblemType.OTHER_MODEL
                    && !isOver(refusal.problem().type())) {
                throw refusal;
            }
            // The next training fetches the plan and the model again.
            forget();
        }
    }

    private void takePart(String run, GradientFunction gradient) throws InterruptedException {
        RunOutcome outcome = training(run).run(gradient, Session.ofOneTask(settings.time()));
        if (outcome.end() != RunOutcome.End.SESSION_ENDED) {
            forget();
        }
    }

    private void decline(CheckIn.Item item, DeclineReason reason) throws InterruptedException {
        if (item.isMember()) {
            coordinator.decline(item.run(), item.round(), reason);
        }
        listener.waiting("the device declines work: " + reason.text());
    }

    private Training training(String run) throws InterruptedException {
        if (last == null || !run.equals(lastRun)) {
            forget();
            last = new Training(
                    settings, coordinator, stop, listener, attributes, coordinator.join(run, settings.weight()));
            lastRun = run;
        }
        return last;
    }

    private void forget() {
        last = null;
        lastRun = "";
    }

    /**
     * Returns whether, since the check-in, the run or its round has ended, the run was deleted, or it no longer accepts
     * this device.
     */
    private static boolean isOver(@Nullable ProblemType type) {
        return type == ProblemType.WRONG_STATE
                || type == ProblemType.RUN_NOT_FOUND
                || type == ProblemType.MEMBER_NOT_FOUND
                || type == ProblemType.DEVICE_NOT_CHOSEN
                || type == ProblemType.ROUND_CLOSED
                || type == ProblemType.ROUND_NOT_OPEN
                || type == ProblemType.ROUND_NOT_FOUND;
    }
}
